import type { Area, ConformanceCase, Need } from './case.ts';

/** The cases of an area, by name. */
export function cases(
  area: Area,
  runs: Readonly<Record<string, ConformanceCase['run']>>,
  needs?: Need,
): readonly ConformanceCase[] {
  return Object.entries(runs).map(([name, run]) => ({
    area,
    name,
    run,
    ...(needs === undefined ? {} : { needs }),
  }));
}
