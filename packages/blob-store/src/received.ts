import { type ByteStream, byteStream } from '@lading/bytes';

/** The body of a request on its way into a part: whether it holds anything is known before it is stored. */
export interface Received {
  /** What came. A sender that was cut off ends it like any other, so that what came is kept. */
  readonly stream: ByteStream;
  /** What the body failed with, once the stream has ended. */
  readonly failure: () => unknown;
}

/**
 * Looks at a body up to its first byte. Nowhere else is a broken body turned into an end: only here is it certain that who reads the end
 * asks for the failure.
 *
 * @param keep whether a cut-off body ends the stream, instead of failing it.
 * @returns `undefined` when the body is empty.
 */
export async function receive(body: ByteStream, keep: boolean): Promise<Received | undefined> {
  const iterator = body[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return undefined;
  let lookedAt: Uint8Array | undefined = first.value;
  let failure: unknown;
  const stream = byteStream({
    async pull() {
      if (lookedAt !== undefined) {
        const chunk = lookedAt;
        lookedAt = undefined;
        return chunk;
      }
      try {
        const step = await iterator.next();
        return step.done === true ? undefined : step.value;
      } catch (error) {
        failure = error;
        if (keep) return undefined;
        throw error;
      }
    },
    async close() {
      if (failure === undefined) await iterator.return?.();
    },
  });
  return { stream, failure: () => failure };
}
