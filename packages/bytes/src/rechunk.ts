import type { ByteStream } from './byte-stream.ts';
import { concat } from './concat.ts';
import { derived } from './derived.ts';

/**
 * The same bytes in chunks of exactly `size` bytes; only the last may be shorter.
 *
 * @throws {RangeError} when `size` is not a whole number above 0.
 */
export function rechunk(stream: ByteStream, size: number): ByteStream {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`Cannot rechunk stream: size is ${size}`);
  return derived(stream, async function* cut(source) {
    let parts: Uint8Array[] = [];
    let held = 0;
    for await (const chunk of source) {
      let from = 0;
      while (from < chunk.byteLength) {
        const part = chunk.subarray(from, from + size - held);
        from += part.byteLength;
        held += part.byteLength;
        parts.push(part);
        if (held < size) continue;
        yield concat(parts);
        parts = [];
        held = 0;
      }
    }
    if (held > 0) yield concat(parts);
  });
}
