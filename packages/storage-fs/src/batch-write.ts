import type { ByteStream } from '@lading/bytes';
import type { FileCalls } from './file-calls.ts';

/** So many bytes are worth a call while nothing else is being written. */
const enough = 1024 * 1024;
/** So many bytes are gathered while a write is under way; then the source has to wait. */
const most = 2 * 1024 * 1024;
/** So many chunks at most are given to one call: what operating systems take. */
const mostChunks = 512;
/** After so many bytes the disk is told to begin, so that the last sync has little left to do. */
const syncEvery = 64 * 1024 * 1024;

export interface BatchWriteOptions {
  /** Turns a failure of the file into what is thrown; failures of the source are thrown as they are. */
  readonly toError: (error: unknown) => unknown;
  /** Asked with the number of bytes so far, before they are written; what it throws ends the writing. */
  readonly onBytes: (total: number) => void;
}

/**
 * Writes a stream to an open file: chunks in batches, one write at a time, while the source is asked for more, so that hashing them and
 * writing them overlap. Holds two batches at most. Nothing is under way when it settles.
 *
 * @returns how many bytes were written.
 */
export async function batchWrite(
  calls: FileCalls,
  fd: number,
  source: ByteStream,
  { toError, onBytes }: BatchWriteOptions,
): Promise<number> {
  let batch: Uint8Array[] = [];
  let held = 0;
  let total = 0;
  let written = 0;
  let writing: Task | undefined;
  let syncing: Task | undefined;
  let synced = 0;

  const flush = (write: FileCalls['writeMany'] | FileCalls['writeFew']): void => {
    writing = task(writeAll(write, fd, batch, written));
    written += held;
    batch = [];
    held = 0;
    if (written - synced < syncEvery || syncing?.running === true) return;
    const failed = syncing?.error;
    synced = written;
    syncing = task(calls.syncData(fd));
    // A file tells a failed sync once only.
    if (failed !== undefined) syncing.error = failed;
  };
  const settled = async (last: Task | undefined): Promise<void> => {
    await last?.done;
    if (last?.error !== undefined) throw toError(last.error);
  };

  try {
    for await (const chunk of source) {
      if (chunk.byteLength === 0) continue;
      total += chunk.byteLength;
      onBytes(total);
      batch.push(chunk);
      held += chunk.byteLength;
      if (held < enough && batch.length < mostChunks) continue;
      if (writing?.running === true && held < most && batch.length < mostChunks) continue;
      await settled(writing);
      flush(calls.writeMany);
    }
    await settled(writing);
    // Of a small file this is all, and not worth a trip to the thread pool.
    if (held > 0) flush(written === 0 ? calls.writeFew : calls.writeMany);
    await settled(writing);
    await settled(syncing);
    return total;
  } finally {
    await writing?.done;
    await syncing?.done;
  }
}

/** Something under way whose failure is looked at later. */
interface Task {
  readonly done: Promise<void>;
  running: boolean;
  error?: unknown;
}

function task(work: Promise<void>): Task {
  const started: Task = {
    done: work
      .catch((error: unknown) => {
        started.error = error;
      })
      .finally(() => {
        started.running = false;
      }),
    running: true,
  };
  return started;
}

async function writeAll(
  write: FileCalls['writeMany'] | FileCalls['writeFew'],
  fd: number,
  chunks: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let left = chunks;
  let at = position;
  while (left.length > 0) {
    const count = await write(fd, left, at);
    at += count;
    left = after(left, count);
  }
}

/** What is left of some chunks when so many bytes of them are done. */
function after(chunks: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skip = count;
  for (const [index, chunk] of chunks.entries()) {
    if (skip < chunk.byteLength) return [chunk.subarray(skip), ...chunks.slice(index + 1)];
    skip -= chunk.byteLength;
  }
  return [];
}
