import { nearest } from '../nearest.ts';
import { defaults } from './configuration.ts';
import type { Override } from './environment.ts';
import type { Problem } from './problem.ts';
import { renamedKeys, toPath, unsupportedKeys } from './unsupported.ts';

/** What a configuration can begin with, here or in Distribution. */
const knownSections = [
  ...Object.keys(defaults),
  'auth',
  ...[...Object.keys(unsupportedKeys), ...Object.keys(renamedKeys)].map((key) => String(toPath(key)[0])),
];

/** Whether a variable may mean a setting; any other is somebody else's. */
export function isKnown({ parts }: Override): boolean {
  return knownSections.includes(parts[0] ?? '');
}

export function unknownVariable({ variable, parts }: Override): Problem {
  const near = nearest(parts[0] ?? '', knownSections);
  const hint = near === undefined ? '' : `; did you mean "REGISTRY_${near.toUpperCase()}_…"?`;
  return { origin: { kind: 'environment', variable }, message: `ignored, since it names no setting${hint}` };
}
