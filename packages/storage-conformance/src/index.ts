/**
 * The contract of a storage driver as data: {@link storageConformance}, and ways to run it.
 *
 * @module
 */
export type { Area, ConformanceCase, Need, Outcome, Subject } from './case.ts';
export { ConformanceError } from './expect.ts';
export { runCase } from './run-case.ts';
export { storageConformance } from './storage-conformance.ts';
export { testConformance } from './test-conformance.ts';
export type { ConformanceTest, TestContext } from './test-conformance.ts';
