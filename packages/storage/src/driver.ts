import type { ByteStream } from '@lading/bytes';

/**
 * An opaque mark of what a path holds: equal marks, equal bytes. An ETag, a generation, an inode with its change time.
 * Compare it for equality only; its form is the driver's own.
 */
export type Version = string;

export interface Cancellable {
  /** Stops the work; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What lies at a path. */
export type Stat = FileStat | DirectoryStat;

export interface FileStat {
  readonly kind: 'file';
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly version: Version;
}

export interface DirectoryStat {
  readonly kind: 'directory';
  /**
   * While it is the same, so are the names in the directory, whatever happens further down: a list that was made after it was told need not
   * be made again. Absent where the driver cannot tell, or not yet, because the directory has changed so recently that its clock
   * might not show another change.
   */
  readonly version?: Version;
}

/** A small file with its bytes. */
export interface StoredFile {
  readonly bytes: Uint8Array;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly version: Version;
}

/** One name of a directory. */
export interface Entry {
  /** Relative to the directory that was listed; holds slashes only in a recursive list. */
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** In bytes; where the driver knows it without another request. */
  readonly size?: number;
  /** Milliseconds since 1970; where the driver knows it without another request. */
  readonly modified?: number;
}

export interface ReadOptions extends Cancellable {
  /**
   * First byte, from 0. Default: 0. An offset beyond the end is `invalid-range`, as is anything but a whole number from 0; one at the end gives
   * an empty stream.
   */
  readonly offset?: number;
  /** At most so many bytes. Default: to the end. */
  readonly length?: number;
  /**
   * Chunks may be reused: each is valid until the next `next()`. For loops that are done with a chunk when they ask for
   * another, such as writing to a socket and awaiting it. Default: false.
   */
  readonly recycle?: boolean;
}

export interface WriteOptions extends Cancellable {
  /** The stream must hold exactly so many bytes, else the write fails with `invalid-range` and leaves what was there. */
  readonly size?: number;
  /** Only where there is nothing yet, else `exists`. Of many at once, exactly one wins. Default: false. */
  readonly ifAbsent?: boolean;
  /**
   * What is on stable storage when the write resolves: the bytes and their `name`, or the `bytes` alone, so that a power
   * cut may lose the file but never leave it with other bytes. A driver may always do more. Default: `name`.
   */
  readonly stable?: 'name' | 'bytes';
}

export interface PutOptions extends Cancellable {
  /** Only where there is nothing yet, else `exists`. Of many at once, exactly one wins. Default: false. */
  readonly ifAbsent?: boolean;
  /** Only over this version, else `changed`, also when nothing is there. Of many at once, exactly one wins. */
  readonly ifVersion?: Version;
  /** Holds a secret: where the place knows such a thing, nobody but its owner may read it. Default: false. */
  readonly confidential?: boolean;
}

export interface ListOptions extends Cancellable {
  /** Every file below, as paths relative to the directory, and no directories. Default: false. */
  readonly recursive?: boolean;
}

export interface UrlOptions extends Cancellable {
  /** How long the link holds, in seconds. */
  readonly expires: number;
  /** `Content-Type` of the answer. */
  readonly contentType?: string;
}

/**
 * A place for bytes under paths. A driver is a factory that returns an object of functions; `storage-conformance` tells
 * whether it keeps this contract.
 *
 * A path is `/` followed by components of `[A-Za-z0-9._-]`, none of them `.` or `..`, joined by `/`; any other is
 * `invalid-path`, before any I/O. Directories are there when something lies below them; nobody makes them.
 *
 * Every function rejects with a `StorageError`, with its `cause`, or with the reason of an aborted signal. What a failed or
 * aborted call would have written is not there, and what was there before still is.
 *
 * The members are function-typed properties on purpose: a method's parameters could be narrowed unseen by a driver.
 */
export interface StorageDriver {
  /** What a person calls it, with where it is: `fs:/srv/registry`, `memory`. For messages to the operator only. */
  readonly name: string;

  /** What lies at a path. Nothing there: `not-found`. The root `/` is always a directory. */
  readonly stat: (path: string, options?: Cancellable) => Promise<Stat>;

  /**
   * Opens a file. Resolves once it is open, so that a missing one (or a directory) rejects with `not-found` here, never in
   * the middle. The stream belongs to the caller, who finishes it or calls `return()`; it gives the bytes that were
   * there when it was opened, whatever is written meanwhile. When the signal is aborted later, its next `next()` rejects with the reason.
   */
  readonly read: (path: string, options?: ReadOptions) => Promise<ByteStream>;

  /** A small file at once: the fast door for links and manifests. Nothing there: `not-found`. The bytes are the caller's. */
  readonly get: (path: string, options?: Cancellable) => Promise<StoredFile>;

  /**
   * Stores a stream under a path, whole or not at all: it is visible under its name only when all of it is there, and
   * replaces what was there before. Takes the stream, and ends it on failure. A rejection of the stream is the rejection of
   * the write, as it is.
   *
   * @returns how many bytes were written.
   */
  readonly write: (path: string, source: ByteStream, options?: WriteOptions) => Promise<number>;

  /**
   * Stores a few bytes under a path, whole or not at all, and on stable storage: the fast door for links and manifests. The
   * bytes are only lent. With `ifVersion` it is the compare-and-swap of this contract; a driver whose
   * {@link StorageDriver.conditional} is false rejects it as `unsupported`, it never goes unguarded.
   *
   * @returns the new version.
   */
  readonly put: (path: string, bytes: Uint8Array, options?: PutOptions) => Promise<Version>;

  /** Whether `put` can do `ifVersion`. */
  readonly conditional: boolean;

  /**
   * What lies in a directory, in no promised order; a missing directory has nothing in it. Entries that come or go
   * meanwhile may be told or not; all others are told once.
   */
  readonly list: (directory: string, options?: ListOptions) => AsyncIterable<Entry>;

  /**
   * Gives a file another name, which replaces what was there, on stable storage. Nothing there, or a directory: `not-found`. May be a copy and a
   * delete: a reader may then for a while find both names, never neither.
   */
  readonly move: (from: string, to: string, options?: Cancellable) => Promise<void>;

  /**
   * Removes a file, or all that lies below a directory. Nothing there: fine. Never the root. A power cut may undo it.
   */
  readonly delete: (path: string, options?: Cancellable) => Promise<void>;

  /**
   * Stores the bytes of several files one after the other under a new path, like `write`, without their passing through this process
   * where the store can. Takes any number of parts of any size; leaves them where they are; of none it makes
   * an empty file. A part that is missing: `not-found`. A driver that cannot lacks it.
   */
  readonly compose?: (parts: readonly string[], to: string, options?: Cancellable) => Promise<void>;

  /** A link with which a client may GET a file from the store itself. A driver that cannot lacks it. */
  readonly url?: (path: string, options: UrlOptions) => Promise<string>;
}
