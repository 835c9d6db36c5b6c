import { randomUUID } from 'node:crypto';
import { isStorageError, prefixed } from '@lading/storage';
import type { StorageDriver } from '@lading/storage';
import { runCase, storageConformance } from '@lading/storage-conformance';
import type { Outcome } from '@lading/storage-conformance';
import { formatProblem } from '../config/problem.ts';
import { StartupError } from '../startup-error.ts';
import { configuredStorage } from '../storage-driver.ts';
import type { CommandInput } from './run.ts';

/** Something that is tried out: a case of the contract, or one of our own. */
interface Trial {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

/** Runs the contract of storage drivers in an empty directory of the configured storage, which is removed afterwards. */
export async function checkStorage({ configuration, warnings, directory }: CommandInput): Promise<number> {
  for (const warning of warnings) process.stderr.write(`${formatProblem(warning)}\n`);
  const { storage: settings } = configuration;
  const { driver, place, warnings: remarks } = await configuredStorage(settings, { directory });
  const second = await configuredStorage(settings, { directory });
  for (const remark of remarks) process.stderr.write(`${remark}\n`);

  const room = `/lading-check-${randomUUID()}`;
  tell(`Trying out ${place}, below ${room}`);
  try {
    const shared = await sharePlace(driver, second.driver, `${room}/shared`);
    return await runTrials(trials(driver, shared ? second.driver : driver, room));
  } catch (cause) {
    throw new StartupError(`Cannot try out ${place}: ${(cause as Error).message}`, { cause });
  } finally {
    // What cannot be removed has been told of by then.
    await driver.delete(room).catch(() => undefined);
  }
}

function trials(driver: StorageDriver, other: StorageDriver, room: string): Trial[] {
  const contract = storageConformance.map((each, index): Trial => {
    const subject = {
      driver: prefixed(driver, `${room}/${index}`),
      other: prefixed(other, `${room}/${index}`),
    };
    return { name: `${each.area}: ${each.name}`, run: () => runCase(each, () => subject) };
  });
  const secrecy = 'secrecy: what is confidential cannot be read without a signature';
  return [...contract, { name: secrecy, run: () => readAnonymously(driver, `${room}/secret`) }];
}

async function runTrials(all: readonly Trial[]): Promise<number> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, run } of all) {
    try {
      const outcome = await run();
      counts[outcome.kind]++;
      tell(outcome.kind === 'passed' ? `ok    ${name}` : `skip  ${name} (${outcome.reason})`);
    } catch (error) {
      counts.failed++;
      tell(`FAIL  ${name}\n      ${(error as Error).message.replaceAll('\n', '\n      ')}`);
    }
  }
  tell(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 ? 0 : 1;
}

/** Whether a second driver finds what the first has stored, as one in another process should. Memory is not shared. */
async function sharePlace(driver: StorageDriver, second: StorageDriver, path: string): Promise<boolean> {
  await driver.put(path, new Uint8Array(1));
  try {
    await second.get(path);
    return true;
  } catch (error) {
    if (isStorageError(error, 'not-found')) return false;
    throw error;
  } finally {
    await driver.delete(path);
  }
}

/** Where clients fetch blobs from the storage itself, it must not hand out the key that signs uploads. */
async function readAnonymously(driver: StorageDriver, path: string): Promise<Outcome> {
  if (driver.url === undefined) return { kind: 'skipped', reason: 'the driver says that it has no links' };
  await driver.put(path, new Uint8Array(1), { confidential: true });
  const link = new URL(await driver.url(path, { expires: 60 }));
  link.search = '';
  const { ok, body } = await fetch(link, { redirect: 'manual' });
  await body?.cancel();
  if (ok) throw new Error(`Anybody can read ${link.href}: make the storage private`);
  return { kind: 'passed' };
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
