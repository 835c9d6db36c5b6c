/**
 * Bytes in flight. A Node `Readable`, an `IncomingMessage` and a web `ReadableStream` already are one.
 *
 * Five laws hold wherever a `ByteStream` is handed on:
 *
 * 1. One consumer: who takes a stream finishes it or calls `return()`.
 * 2. Open eagerly, stream lazily: what is missing rejects when the stream is asked for, never in its middle.
 * 3. Closable before the first read.
 * 4. A chunk belongs to who receives it, unless the reader asked for recycled chunks: then it is valid until the next `next()`.
 * 5. A failure after the first byte is a rejection of `next()`, never a short stream.
 */
export type ByteStream = AsyncIterable<Uint8Array>;

/** An opened source of bytes: what {@link byteStream} needs to keep law 3. */
export interface ByteSource {
  /** The next chunk, or `undefined` at the end. Called one at a time; never after `close`. */
  readonly pull: () => Promise<Uint8Array | undefined>;
  /** Frees what the source holds. Called exactly once: at the end, on a failure of `pull`, or when the consumer leaves. */
  readonly close: () => void | Promise<void>;
}

/**
 * A stream over something that is already open (a file handle, a socket). Unlike an async generator, whose `finally`
 * does not run when it was never started, it closes its source even when the consumer leaves before the first read.
 */
export function byteStream(source: ByteSource): ByteStream {
  const end: IteratorResult<Uint8Array, undefined> = { done: true, value: undefined };
  let open = true;
  const close = async (): Promise<void> => {
    if (!open) return;
    open = false;
    await source.close();
  };
  const iterator: AsyncIterableIterator<Uint8Array, undefined> = {
    async next() {
      if (!open) return end;
      let chunk: Uint8Array | undefined;
      try {
        chunk = await source.pull();
      } catch (error) {
        await close();
        throw error;
      }
      if (chunk !== undefined) return { done: false, value: chunk };
      await close();
      return end;
    },
    async return() {
      await close();
      return end;
    },
    [Symbol.asyncIterator]() {
      return iterator;
    },
  };
  return iterator;
}

/** A stream of the given chunks; empty ones are left out. It holds nothing that would have to be closed. */
export function fromChunks(...chunks: readonly Uint8Array[]): ByteStream {
  return {
    [Symbol.asyncIterator]() {
      let index = 0;
      return {
        next() {
          while (index < chunks.length) {
            const value = chunks[index++];
            if (value !== undefined && value.byteLength > 0) return Promise.resolve({ done: false, value });
          }
          return Promise.resolve({ done: true, value: undefined });
        },
        return() {
          index = chunks.length;
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
}

/** Ends a stream that will not be read, so that what it holds is freed. Failures of the ending are dropped. */
export async function discard(stream: ByteStream): Promise<void> {
  try {
    await stream[Symbol.asyncIterator]().return?.();
  } catch {
    // The caller has decided not to look at these bytes; nothing they say can matter any more.
  }
}
