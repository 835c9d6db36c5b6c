import { randomUUID } from 'node:crypto';
import { prefixed } from '@lading/storage';
import { runCase, storageConformance } from '@lading/storage-conformance';
import { configuredStorage } from '../storage-driver.ts';
import { formatProblem } from '../config/problem.ts';
import type { CommandInput } from './run.ts';

/** Runs the contract of storage drivers in an empty directory of the configured storage, which is removed afterwards. */
export async function checkStorage({ configuration, warnings, directory }: CommandInput): Promise<number> {
  for (const warning of warnings) process.stderr.write(`${formatProblem(warning)}\n`);
  const { storage: settings } = configuration;
  const { driver, place, warnings: remarks } = await configuredStorage(settings, directory);
  // Memory is no place that a second driver would find again.
  const other =
    settings.inmemory === undefined ? (await configuredStorage(settings, directory)).driver : driver;
  for (const remark of remarks) process.stderr.write(`${remark}\n`);

  const room = `/lading-check-${randomUUID()}`;
  process.stdout.write(`Trying out ${place}, below ${room}\n`);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const [index, each] of storageConformance.entries()) {
      const prefix = `${room}/${index}`;
      const name = `${each.area}: ${each.name}`;
      try {
        const outcome = await runCase(each, () => ({
          driver: prefixed(driver, prefix),
          other: prefixed(other, prefix),
        }));
        counts[outcome.kind]++;
        tell(outcome.kind === 'passed' ? `ok    ${name}` : `skip  ${name} (${outcome.reason})`);
      } catch (error) {
        counts.failed++;
        tell(`FAIL  ${name}\n      ${(error as Error).message.replaceAll('\n', '\n      ')}`);
      }
    }
  } finally {
    await driver.delete(room);
  }
  tell(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 ? 0 : 1;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
