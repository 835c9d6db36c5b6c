import type { ByteStream } from './byte-stream.ts';

/**
 * The same stream, which ends its source and rejects with the signal's reason once that is aborted, also while a chunk
 * is being waited for. Without a signal it is the stream itself.
 */
export function abortable(stream: ByteStream, signal: AbortSignal | undefined): ByteStream {
  if (signal === undefined) return stream;
  return {
    [Symbol.asyncIterator]() {
      const iterator = stream[Symbol.asyncIterator]();
      let waiting: ((reason: unknown) => void) | undefined;
      const abort = (): void => {
        // A source that is waiting for its next chunk answers `return()` only after it, so nobody can await this.
        Promise.resolve(iterator.return?.()).catch(() => undefined);
        waiting?.(signal.reason);
      };
      const settle = (): void => signal.removeEventListener('abort', abort);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
      return {
        async next() {
          signal.throwIfAborted();
          try {
            const result = await Promise.race([
              iterator.next(),
              new Promise<never>((_resolve, reject) => {
                waiting = reject;
              }),
            ]);
            if (result.done === true) settle();
            return result;
          } catch (error) {
            settle();
            throw error;
          } finally {
            waiting = undefined;
          }
        },
        async return() {
          settle();
          if (!signal.aborted) await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
