import type { ByteStream } from './byte-stream.ts';
import { concat } from './concat.ts';

/**
 * All bytes of a stream, at most `limit` of them.
 *
 * @throws {RangeError} as soon as the stream holds more than `limit` bytes; the stream is ended.
 */
export async function collect(
  stream: ByteStream,
  limit: number = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.byteLength;
    if (length > limit) throw new RangeError(`Cannot collect stream: it holds more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return concat(chunks);
}
