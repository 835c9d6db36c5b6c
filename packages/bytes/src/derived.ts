import { type ByteStream, discard } from './byte-stream.ts';

/**
 * The stream that a generator makes of another one. A bare generator that was never started does not run its `finally`, so leaving it
 * before the first read would leave the other one open; this ends it (law 3).
 */
export function derived(
  source: ByteStream,
  generate: (source: ByteStream) => AsyncGenerator<Uint8Array, void, undefined>,
): ByteStream {
  const generator = generate(source);
  let started = false;
  const iterator: AsyncIterableIterator<Uint8Array, void, undefined> = {
    next() {
      started = true;
      return generator.next();
    },
    async return() {
      if (!started) await discard(source);
      started = true;
      return generator.return();
    },
    [Symbol.asyncIterator]() {
      return iterator;
    },
  };
  return iterator;
}
