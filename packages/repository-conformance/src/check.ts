import { type ErrorCode, type RegistryError, isRegistryError } from '@lading/errors';

/** Throws unless two values are the same: by identity, or as JSON. Bytes are compared one by one. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [show(actual), show(expected)];
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, found ${found}`);
}

function show(value: unknown): string {
  if (value instanceof Uint8Array)
    return `bytes ${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  if (value === undefined) return 'undefined';
  return JSON.stringify(value, (_, member: unknown) =>
    member instanceof Uint8Array ? show(member) : sorted(member),
  );
}

/** The order of an object's members means nothing. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Throws unless the condition holds. */
export function ok(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** The error with which something rejects. Throws when it does not, or with no `RegistryError` of one of these codes. */
export async function rejection(
  work: Promise<unknown>,
  ...codes: readonly [ErrorCode, ...ErrorCode[]]
): Promise<RegistryError> {
  let result: unknown;
  try {
    result = await work;
  } catch (error) {
    if (isRegistryError(error, ...codes)) return error;
    throw new Error(`expected a rejection with ${codes.join(' or ')}, found another one`, { cause: error });
  }
  throw new Error(`expected a rejection with ${codes.join(' or ')}, found ${show(result)}`);
}
