import type { ByteStream } from './byte-stream.ts';

/** The bytes from `offset` on, at most `length` of them. Stops reading, and ends the source, once it has them all. */
export async function* slice(
  stream: ByteStream,
  offset: number,
  length: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array, void, undefined> {
  let skip = offset;
  let left = length;
  if (left <= 0) return;
  for await (const chunk of stream) {
    if (skip >= chunk.byteLength) {
      skip -= chunk.byteLength;
      continue;
    }
    const part = chunk.subarray(skip, Math.min(chunk.byteLength, skip + left));
    skip = 0;
    left -= part.byteLength;
    yield part;
    if (left === 0) return;
  }
}
