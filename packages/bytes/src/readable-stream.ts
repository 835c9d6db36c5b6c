import type { ByteStream } from './byte-stream.ts';

/**
 * A stream as a web `ReadableStream`, which then owns it: cancelling the one ends the other.
 * Nothing is read before the consumer asks.
 */
export function toReadableStream(stream: ByteStream): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = stream[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const step = await iterator.next();
        if (step.done === true) controller.close();
        else controller.enqueue(step.value as Uint8Array<ArrayBuffer>);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * A web `ReadableStream` as a stream, which then owns it. Where `ReadableStream` is iterable by itself (Node, Deno, Bun,
 * workerd) it may be passed on as it is; browsers that lack that need this.
 */
export function fromReadableStream(stream: ReadableStream<Uint8Array>): ByteStream {
  return {
    [Symbol.asyncIterator]() {
      const reader = stream.getReader();
      return {
        async next() {
          const { done, value } = await reader.read();
          return done ? { done: true, value: undefined } : { done: false, value };
        },
        async return() {
          await reader.cancel();
          reader.releaseLock();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
