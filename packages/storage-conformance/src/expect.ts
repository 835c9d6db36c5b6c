import { type StorageErrorKind, isStorageError } from '@lading/storage';

/** What a case found wrong. */
export class ConformanceError extends Error {
  override readonly name: string = 'ConformanceError';
}

/** Fails unless two plain values are the same; of long ones it shows where they begin to differ. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [show(actual), show(expected)];
  if (is === should) return;
  let same = 0;
  while (is[same] === should[same]) same += 1;
  throw new ConformanceError(`${what}: ${excerpt(is, same)} instead of ${excerpt(should, same)}`);
}

export function expectTrue(condition: boolean, what: string): asserts condition {
  if (!condition) throw new ConformanceError(what);
}

/** Fails unless two arrays have the same bytes; tells the first that differs. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  const length = Math.min(actual.byteLength, expected.byteLength);
  for (let index = 0; index < length; index += 1) {
    if (actual[index] === expected[index]) continue;
    throw new ConformanceError(`${what}: byte ${index} is ${actual[index]} instead of ${expected[index]}`);
  }
  expectEqual(actual.byteLength, expected.byteLength, `${what}: its length`);
}

/** Fails unless a call rejects with a `StorageError` of one of the kinds. */
export async function expectKind(
  call: Promise<unknown>,
  kinds: StorageErrorKind | readonly StorageErrorKind[],
  what: string,
): Promise<void> {
  const error = await failureOf(call, what);
  const wanted = typeof kinds === 'string' ? [kinds] : kinds;
  if (isStorageError(error, ...wanted)) return;
  const found = isStorageError(error) ? error.kind : `${String(error)}, which is no StorageError`;
  throw new ConformanceError(`${what}: failed with ${found} instead of ${wanted.join(' or ')}`, {
    cause: error,
  });
}

/** Fails unless a call rejects with this very value. */
export async function expectReason(call: Promise<unknown>, reason: unknown, what: string): Promise<void> {
  const error = await failureOf(call, what);
  if (error === reason) return;
  throw new ConformanceError(`${what}: failed with ${String(error)} instead of ${String(reason)} itself`, {
    cause: error,
  });
}

async function failureOf(call: Promise<unknown>, what: string): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new ConformanceError(`${what}: did not fail`);
}

function show(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

function excerpt(text: string, around: number): string {
  if (text.length <= 300) return text;
  return `… ${text.slice(Math.max(0, around - 100), around + 100)} …`;
}
