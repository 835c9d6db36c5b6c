import { blobCases } from './blobs.ts';
import type { Case, Subject, Test } from './case.ts';
import { manifestCases } from './manifests.ts';
import { referrerCases } from './referrers.ts';
import { registryCases } from './registry.ts';
import { tagCases } from './tags.ts';
import { uploadCases } from './uploads.ts';

/** Every rule of the contract. */
export const cases: readonly Case[] = [
  ...registryCases,
  ...blobCases,
  ...uploadCases,
  ...manifestCases,
  ...tagCases,
  ...referrerCases,
];

export interface TestRegistryOptions {
  /** Cases that are known not to hold, by name, each with the reason that is then shown. Default: none. */
  readonly skip?: Readonly<Record<string, string>>;
}

/**
 * Runs every case as a test of its own.
 *
 * @param test the runner's function, such as `test` of `node:test`.
 * @param create makes an empty registry, once for each case.
 * @throws {RangeError} when a case that is to be skipped does not exist.
 */
export function testRegistry(
  test: Test,
  create: () => Promise<Subject>,
  { skip = {} }: TestRegistryOptions = {},
): void {
  const stray = Object.keys(skip).find((name) => !cases.some((known) => known.name === name));
  if (stray !== undefined) throw new RangeError(`Cannot skip case "${stray}": there is none of that name`);
  for (const { name, run } of cases) {
    test(name, async (context) => {
      const reason = skip[name];
      if (reason !== undefined) return context.skip(reason);
      const { registry, close } = await create();
      try {
        const skipped = await run(registry);
        if (skipped !== undefined) context.skip(skipped.skipped);
      } finally {
        await close?.();
      }
    });
  }
}
