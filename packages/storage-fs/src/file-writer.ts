import { join } from 'node:path';
import { type ByteStream, abortable, discard, fromChunks } from '@lading/bytes';
import { type PutOptions, StorageError, type Version, type WriteOptions, checkPath } from '@lading/storage';
import { type Workshop, atomicWrite } from './atomic-write.ts';
import { batchWrite } from './batch-write.ts';
import { explained, toStorageError } from './fs-error.ts';

/** The writing half of the driver. */
export interface FileWriter {
  readonly put: (path: string, bytes: Uint8Array, options: PutOptions) => Promise<Version>;
  /** @param operation what it is done for, as a verb: `write` or `compose`. */
  readonly write: (
    path: string,
    source: ByteStream,
    operation: string,
    options: WriteOptions,
  ) => Promise<number>;
}

export function createFileWriter(workshop: Workshop): FileWriter {
  const { calls, root } = workshop;
  return {
    async put(path, bytes, options) {
      const fill = async (fd: number): Promise<void> => {
        const toError = (error: unknown): unknown => error;
        await batchWrite(calls, fd, fromChunks(bytes), { toError, onBytes: () => undefined });
      };
      return atomicWrite(workshop, path, fill, { ...options, operation: 'put' });
    },

    async write(path, source, operation, { size, ifAbsent, stable, signal }) {
      const misfit = (): StorageError => new StorageError('invalid-range', { operation, path });
      let taken = false;
      let total = 0;
      // What the stream says is passed on as it is, also when it looks like an error of the file system.
      let said: unknown;

      const fill = async (fd: number): Promise<void> => {
        taken = true;
        try {
          total = await batchWrite(calls, fd, abortable(source, signal), {
            toError: (error) => toStorageError(error, operation, path),
            onBytes(sofar) {
              if (size !== undefined && sofar > size) throw misfit();
            },
          });
          if (size !== undefined && total < size) throw misfit();
        } catch (error) {
          said = error;
          throw error;
        }
      };

      try {
        checkPath(path, operation);
        signal?.throwIfAborted();
        // Asked again when it gets its name; this spares reading a stream for nothing.
        if (ifAbsent === true && (await calls.stat(join(root, path)))?.isFile() === true) {
          throw new StorageError('exists', { operation, path });
        }
        await atomicWrite(workshop, path, fill, { operation, ifAbsent, stable, signal });
        return total;
      } catch (error) {
        if (!taken) await discard(source);
        if (error === said) throw error;
        throw explained(error, operation, path, signal);
      }
    },
  };
}
