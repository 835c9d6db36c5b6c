import { join, resolve } from 'node:path';
import type { ByteStream } from '@lading/bytes';
import {
  type Cancellable,
  type Entry,
  StorageError,
  type StorageDriver,
  checkDirectory,
  checkPath,
} from '@lading/storage';
import type { Workshop } from './atomic-write.ts';
import { createDirectories } from './directory-sync.ts';
import { directoryWalk } from './directory-walk.ts';
import { type FileCalls, localCalls, networkCalls } from './file-calls.ts';
import { createFileReader } from './file-reader.ts';
import { createFileWriter } from './file-writer.ts';
import { explained } from './fs-error.ts';
import { createLocks } from './lock.ts';
import { move } from './move.ts';
import { remove } from './removal.ts';
import { createStaging } from './staging.ts';

export interface FsStorageOptions {
  /** The directory that holds everything: the file of a path lies at root + path. Made when the first file is written. */
  readonly root: string;
  /**
   * What the root is on. `local`: tiny calls (to open a file, to read a link of 71 bytes) are made in place, since a trip to the thread
   * pool costs more than they do. `network`: every call goes through the thread pool, since each may take its time.
   * Default: `local`.
   */
  readonly disk?: 'local' | 'network';
}

/** What tests put in the place of the real thing. */
export interface FsStorageParts {
  readonly calls?: FileCalls;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Milliseconds after which a lock has lost its owner. */
  readonly lockTimeout?: number;
}

/**
 * Files under a directory, exactly at root + path, for Node, Deno and Bun. What was written or put survives a power cut: bytes are
 * synced before they get their name, and the name before the call resolves. Several processes may use one root.
 */
export function fsStorage(options: FsStorageOptions): StorageDriver {
  return assembleFsStorage(options, {});
}

/** The driver of {@link fsStorage} out of given parts. */
export function assembleFsStorage(
  { root: directory, disk = 'local' }: FsStorageOptions,
  {
    calls = disk === 'network' ? networkCalls : localCalls,
    now = Date.now,
    lockTimeout = 5000,
  }: FsStorageParts,
): StorageDriver {
  const root = resolve(directory);
  const directories = createDirectories(calls, root);
  const staging = createStaging(calls, root, directories, now);
  const locks = createLocks(calls, staging, { timeout: lockTimeout, now: () => performance.now() });
  const workshop: Workshop = { root, calls, staging, locks, directories };
  // Over a network, the times of directories may come from a cache of the operating system.
  const reader = createFileReader(calls, root, disk === 'local' ? now : undefined);

  const writer = createFileWriter(workshop);

  /** Checks what every call checks before any I/O, and tells failures in the words of the contract. */
  const attempt = async <T>(
    operation: string,
    path: string,
    options: Cancellable | undefined,
    run: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> => {
    const signal = options?.signal;
    checkPath(path, operation);
    signal?.throwIfAborted();
    try {
      return await run(signal);
    } catch (error) {
      throw explained(error, operation, path, signal);
    }
  };

  return {
    name: `fs:${root}`,
    conditional: true,

    async stat(path, options) {
      checkDirectory(path, 'stat');
      options?.signal?.throwIfAborted();
      return reader.stat(path);
    },

    async read(path, options = {}) {
      checkPath(path, 'read');
      options.signal?.throwIfAborted();
      return reader.read(path, options);
    },

    async get(path, options) {
      checkPath(path, 'get');
      options?.signal?.throwIfAborted();
      return reader.get(path);
    },

    put: (path, bytes, options = {}) => attempt('put', path, options, () => writer.put(path, bytes, options)),

    write: (path, source, options = {}) => writer.write(path, source, 'write', options),

    async *list(directory, options = {}): AsyncGenerator<Entry, void, undefined> {
      checkDirectory(directory, 'list');
      const { recursive = false, signal } = options;
      signal?.throwIfAborted();
      try {
        for await (const entry of directoryWalk(calls, join(root, directory), directory, recursive)) {
          yield entry;
          signal?.throwIfAborted();
        }
      } catch (error) {
        throw explained(error, 'list', directory, signal);
      }
    },

    move: (from, to, options) =>
      attempt('move', from, options, (signal) => {
        checkPath(to, 'move');
        return move(workshop, from, to, signal);
      }),

    delete: (path, options) => attempt('delete', path, options, (signal) => remove(workshop, path, signal)),

    async compose(parts, to, options = {}) {
      for (const part of parts) {
        checkPath(part, 'compose');
        // All of them are looked for before the first is copied.
        if ((await reader.stat(part)).kind !== 'file') {
          throw new StorageError('not-found', { operation: 'compose', path: part });
        }
      }
      await writer.write(to, joined(parts, reader.read), 'compose', options);
    },
  };
}

async function* joined(
  parts: readonly string[],
  read: (path: string, options: object) => Promise<ByteStream>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const part of parts) yield* await read(part, {});
}
