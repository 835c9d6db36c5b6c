import { type ByteStream, byteStream } from '@lading/bytes';

/** A stream whose end can be seen. */
export interface Watched {
  readonly stream: ByteStream;
  /** How often it was closed. */
  readonly closed: () => number;
  /** How many chunks were asked for. */
  readonly pulled: () => number;
}

/** A stream of some chunks, and then of a failure, where one is given. */
export function watched(chunks: readonly Uint8Array[], failure?: Error): Watched {
  let closed = 0;
  let pulled = 0;
  const stream = byteStream({
    async pull() {
      const chunk = chunks[pulled];
      pulled += 1;
      if (chunk === undefined && failure !== undefined) throw failure;
      return chunk;
    },
    close() {
      closed += 1;
    },
  });
  return { stream, closed: () => closed, pulled: () => pulled };
}

/** Bytes that count up. */
export function bytes(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => from + index);
}

export async function chunksOf(stream: ByteStream): Promise<number[][]> {
  return Array.fromAsync(stream, (chunk) => [...chunk]);
}
