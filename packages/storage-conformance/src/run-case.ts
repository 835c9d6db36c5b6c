import type { StorageDriver } from '@lading/storage';
import type { ConformanceCase, Need, Outcome, Subject } from './case.ts';

/**
 * Runs one case on a driver of its own.
 *
 * @param create makes a driver in which nothing lies yet.
 * @throws what the case finds wrong.
 */
export async function runCase(
  { needs, run }: ConformanceCase,
  create: () => Subject | Promise<Subject>,
): Promise<Outcome> {
  const { driver, other = driver, close } = await create();
  try {
    const lack = needs === undefined ? undefined : lackOf(driver, needs);
    const reason = lack ?? (await run({ driver, other }));
    return typeof reason === 'string' ? { kind: 'skipped', reason } : { kind: 'passed' };
  } finally {
    await close?.();
  }
}

/** Why a driver that lacks something is not to be blamed. */
function lackOf(driver: StorageDriver, need: Need): string | undefined {
  switch (need) {
    case 'compose':
      return driver.compose === undefined ? 'the driver says that it cannot compose' : undefined;
    case 'url':
      return driver.url === undefined ? 'the driver says that it has no links' : undefined;
    case 'conditional':
      return driver.conditional ? undefined : 'the driver says that it cannot put under a version';
    case 'unconditional':
      return driver.conditional ? 'the driver can put under a version' : undefined;
  }
}
