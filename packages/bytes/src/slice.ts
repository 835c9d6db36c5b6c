import { type ByteStream, discard } from './byte-stream.ts';
import { derived } from './derived.ts';

/** The bytes from `offset` on, at most `length` of them. Stops reading, and ends the source, once it has them all. */
export function slice(
  stream: ByteStream,
  offset: number,
  length: number = Number.POSITIVE_INFINITY,
): ByteStream {
  return derived(stream, async function* cut(source) {
    let skip = offset;
    let left = length;
    if (left <= 0) return discard(source);
    for await (const chunk of source) {
      if (skip >= chunk.byteLength) {
        skip -= chunk.byteLength;
        continue;
      }
      const part = chunk.subarray(skip, Math.min(chunk.byteLength, skip + left));
      skip = 0;
      left -= part.byteLength;
      yield part;
      if (left <= 0) return;
    }
  });
}
