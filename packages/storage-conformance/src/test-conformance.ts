import type { ConformanceCase, Subject } from './case.ts';
import { runCase } from './run-case.ts';
import { storageConformance } from './storage-conformance.ts';

/** What a test is given by its runner. */
export interface TestContext {
  readonly skip: (reason: string) => void;
}

/** A runner's way to declare a test: `test` of `node:test`, which Deno and Bun know too. */
export type ConformanceTest = (name: string, body: (context: TestContext) => Promise<void>) => unknown;

/**
 * Declares every case as a test of its own, on a driver of its own. What a driver lacks is skipped by name, with the reason.
 *
 * @param create makes a driver in which nothing lies yet.
 * @param cases which of them. Default: all.
 */
export function testConformance(
  test: ConformanceTest,
  create: () => Subject | Promise<Subject>,
  cases: readonly ConformanceCase[] = storageConformance,
): void {
  for (const each of cases) {
    test(`${each.area}: ${each.name}`, async (context) => {
      const outcome = await runCase(each, create);
      if (outcome.kind === 'skipped') context.skip(outcome.reason);
    });
  }
}
