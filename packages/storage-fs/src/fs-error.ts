import { StorageError, type StorageErrorKind, isStorageError } from '@lading/storage';

/** The name of an operating system's error, such as `ENOENT`. */
function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Whether an error of the operating system has one of these names. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = codeOf(error);
  return code !== undefined && codes.includes(code);
}

const always: Readonly<Record<string, StorageErrorKind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  ENAMETOOLONG: 'invalid-path',
};

/** Where a directory stands for a file, or a file for a directory, a reader finds nothing there. */
const reading: Readonly<Record<string, StorageErrorKind>> = {
  ...always,
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  EISDIR: 'not-found',
};

/** A writer is told that this place cannot hold such a path. A missing directory is never its fault: it is made on demand. */
const writing: Readonly<Record<string, StorageErrorKind>> = {
  ...always,
  ENOTDIR: 'invalid-path',
  EISDIR: 'invalid-path',
  EEXIST: 'invalid-path',
  ENOTEMPTY: 'invalid-path',
};

const readers: ReadonlySet<string> = new Set(['stat', 'read', 'get', 'list']);

/** What an error of the operating system means in the words of the storage contract. A `StorageError` is passed on as it is. */
export function toStorageError(cause: unknown, operation: string, path: string): StorageError {
  if (isStorageError(cause)) return cause;
  const kinds = readers.has(operation) ? reading : writing;
  const code = codeOf(cause) ?? '';
  const kind = kinds[code] ?? 'unavailable';
  if (kind !== 'invalid-path' || code in always) return new StorageError(kind, { operation, path, cause });
  return new StorageError(kind, {
    operation,
    path,
    cause,
    state: 'a file and a directory cannot have the same name',
  });
}

/** Like {@link toStorageError}, but the reason of an aborted signal is passed on too. */
export function explained(
  error: unknown,
  operation: string,
  path: string,
  signal: AbortSignal | undefined,
): unknown {
  return signal?.aborted === true && error === signal.reason ? error : toStorageError(error, operation, path);
}
