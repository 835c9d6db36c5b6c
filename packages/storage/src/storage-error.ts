/**
 * Why a driver failed. A closed list:
 *
 * - `not-found`: nothing lies there.
 * - `exists`: something lies there, and `ifAbsent` was asked.
 * - `changed`: something else lies there than `ifVersion` named.
 * - `invalid-path`: not a path, or one that this place cannot hold.
 * - `invalid-range`: an offset beyond the end, or another number of bytes than `size` promised.
 * - `full`: no room, no quota.
 * - `unsupported`: this driver cannot do that.
 * - `unavailable`: everything else, from a network fault to missing rights; it may work later.
 */
export type StorageErrorKind =
  | 'not-found'
  | 'exists'
  | 'changed'
  | 'invalid-path'
  | 'invalid-range'
  | 'full'
  | 'unsupported'
  | 'unavailable';

const states: Readonly<Record<StorageErrorKind, string>> = {
  'not-found': 'nothing is there',
  exists: 'something is there already',
  changed: 'it was changed meanwhile',
  'invalid-path': 'it is not a valid path',
  'invalid-range': 'the range or size does not fit',
  full: 'there is no room left',
  unsupported: 'this storage cannot do that',
  unavailable: 'the storage failed',
};

const brand: symbol = Symbol.for('@lading/storage/StorageError');

export interface StorageErrorOptions {
  /** What was tried, as a verb: `read`, `write`, `list`. */
  readonly operation: string;
  readonly path: string;
  /** What the operating system or the vendor's client said. */
  readonly cause?: unknown;
  /** Replaces the kind's own words in the message. */
  readonly state?: string;
}

/** A failure of a storage driver. Its message names the path, so it is for the operator, never for a client. */
export class StorageError extends Error {
  override readonly name: string = 'StorageError';
  readonly kind: StorageErrorKind;
  readonly path: string;

  constructor(kind: StorageErrorKind, { operation, path, cause, state = states[kind] }: StorageErrorOptions) {
    super(
      `Cannot ${operation} ${JSON.stringify(path)}: ${state}`,
      cause === undefined ? undefined : { cause },
    );
    this.kind = kind;
    this.path = path;
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Whether a value is a {@link StorageError}, of one of the kinds where any are given; also one made by another installed
 * copy of this package.
 */
export function isStorageError(value: unknown, ...kinds: readonly StorageErrorKind[]): value is StorageError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false;
  return kinds.length === 0 || kinds.includes((value as StorageError).kind);
}
