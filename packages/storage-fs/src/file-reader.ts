import type { Stats } from 'node:fs';
import { type ByteStream, byteStream } from '@lading/bytes';
import {
  type DirectoryStat,
  type ReadOptions,
  type Stat,
  StorageError,
  type StoredFile,
  rangeIn,
} from '@lading/storage';
import { createBufferPool } from './buffer-pool.ts';
import type { FileCalls } from './file-calls.ts';
import { fileStream } from './file-stream.ts';
import { toStorageError } from './fs-error.ts';
import { directoryVersionOf, versionOf } from './version.ts';

/** Files up to this size are read as soon as they are opened, in one chunk; others in chunks of it. */
const chunkSize = 256 * 1024;
/** Idle buffers to keep for reads with `recycle`: two for each of some reads at once. */
const idleBuffers = 16;

/** The reading half of the driver. Paths are checked already. */
export interface FileReader {
  readonly stat: (path: string) => Promise<Stat>;
  readonly get: (path: string) => Promise<StoredFile>;
  readonly read: (path: string, options: ReadOptions) => Promise<ByteStream>;
}

/**
 * @param now milliseconds since 1970, or `undefined` where the times of directories are not to be trusted.
 */
export function createFileReader(calls: FileCalls, root: string, now?: () => number): FileReader {
  const pool = createBufferPool(chunkSize, idleBuffers);

  const notFound = (operation: string, path: string): StorageError =>
    new StorageError('not-found', { operation, path });

  const fill = async (fd: number, buffer: Uint8Array, position: number): Promise<void> => {
    const read = buffer.byteLength > chunkSize ? calls.readMany : calls.readFew;
    for (let done = 0; done < buffer.byteLength;) {
      const count = await read(fd, done === 0 ? buffer : buffer.subarray(done), position + done);
      if (count === 0) throw new Error('the file has become shorter');
      done += count;
    }
  };

  return {
    async stat(path) {
      let stat: Stats | undefined;
      try {
        stat = await calls.stat(root + path);
      } catch (error) {
        throw toStorageError(error, 'stat', path);
      }
      if (stat?.isFile() === true) {
        return { kind: 'file', size: stat.size, modified: stat.mtimeMs, version: versionOf(stat) };
      }
      if (stat?.isDirectory() === true) return directoryStat(stat, now);
      if (path === '/') return { kind: 'directory' };
      throw notFound('stat', path);
    },

    async get(path) {
      try {
        const fd = await calls.open(root + path, 'r');
        try {
          const stat = await calls.statOf(fd);
          if (!stat.isFile()) throw notFound('get', path);
          const bytes = new Uint8Array(stat.size);
          await fill(fd, bytes, 0);
          return { bytes, modified: stat.mtimeMs, version: versionOf(stat) };
        } finally {
          await calls.close(fd);
        }
      } catch (error) {
        throw toStorageError(error, 'get', path);
      }
    },

    async read(path, options) {
      const toError = (error: unknown): StorageError => toStorageError(error, 'read', path);
      let fd: number | undefined;
      try {
        fd = await calls.open(root + path, 'r');
        const stat = await calls.statOf(fd);
        if (!stat.isFile()) throw notFound('read', path);
        const { start, end } = rangeIn(stat.size, options, path);
        const { signal } = options;
        const buffers = options.recycle === true ? pool : undefined;
        const size = end - start;
        if (size > chunkSize) {
          const stream = fileStream(fd, { calls, start, end, pool: buffers, chunkSize, signal, toError });
          fd = undefined;
          return stream;
        }
        const buffer = buffers?.take() ?? new Uint8Array(size);
        const chunk = buffer.subarray(0, size);
        await fill(fd, chunk, start);
        return oneChunk(chunk, () => buffers?.give(buffer), signal);
      } catch (error) {
        throw toError(error);
      } finally {
        if (fd !== undefined) await calls.close(fd);
      }
    },
  };
}

function directoryStat(stat: Stats, now: (() => number) | undefined): DirectoryStat {
  const version = now === undefined ? undefined : directoryVersionOf(stat, now());
  return version === undefined ? { kind: 'directory' } : { kind: 'directory', version };
}

/** A stream of one chunk, which is handed back when the consumer is done with it. */
function oneChunk(chunk: Uint8Array, done: () => void, signal: AbortSignal | undefined): ByteStream {
  let given = chunk.byteLength === 0;
  return byteStream({
    async pull() {
      signal?.throwIfAborted();
      if (given) return undefined;
      given = true;
      return chunk;
    },
    close: done,
  });
}
