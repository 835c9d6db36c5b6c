import { type ByteStream, byteStream } from '@lading/bytes';
import type { BufferPool } from './buffer-pool.ts';
import type { FileCalls } from './file-calls.ts';

export interface FileStreamOptions {
  readonly calls: FileCalls;
  /** First byte, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Where chunks come from, and go to when they are done with. Without it each chunk is the reader's own. */
  readonly pool: BufferPool | undefined;
  readonly chunkSize: number;
  readonly signal: AbortSignal | undefined;
  readonly toError: (error: unknown) => unknown;
}

/**
 * The bytes of an open file, which it closes. One chunk is being read while the one before is with the consumer.
 */
export function fileStream(fd: number, options: FileStreamOptions): ByteStream {
  const { calls, end, pool, chunkSize, signal, toError } = options;
  let position = options.start;
  let lent: Uint8Array | undefined;
  let ahead: Promise<Uint8Array> | undefined;
  let spare: Uint8Array | undefined;

  const fill = async (): Promise<Uint8Array> => {
    const length = Math.min(chunkSize, end - position);
    const buffer = spare ?? pool?.take() ?? new Uint8Array(length);
    spare = buffer;
    const into = buffer.subarray(0, length);
    const count = await calls.readMany(fd, into, position);
    if (count === 0) throw new Error('the file has become shorter');
    position += count;
    spare = undefined;
    return buffer.subarray(0, count);
  };
  const start = (): void => {
    if (position === end) return;
    ahead = fill();
    // Looked at when the consumer asks for it.
    ahead.catch(() => undefined);
  };
  const giveBack = (chunk: Uint8Array | undefined): void => {
    if (pool !== undefined && chunk !== undefined) pool.give(chunk);
  };

  return byteStream({
    async pull() {
      signal?.throwIfAborted();
      giveBack(lent);
      lent = undefined;
      if (ahead === undefined) start();
      if (ahead === undefined) return undefined;
      try {
        lent = await ahead;
      } catch (error) {
        throw toError(error);
      } finally {
        ahead = undefined;
      }
      signal?.throwIfAborted();
      start();
      return lent;
    },
    async close() {
      // A buffer with a read still under way would be written to in its next reader's hands.
      const last = await ahead?.catch(() => undefined);
      giveBack(last);
      giveBack(lent);
      giveBack(spare);
      await calls.close(fd);
    },
  });
}
