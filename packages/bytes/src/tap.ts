import type { ByteStream } from './byte-stream.ts';

/** The same stream, with `look` called on each chunk as it passes. The chunk is only lent to `look`. */
export async function* tap(
  stream: ByteStream,
  look: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream) {
    look(chunk);
    yield chunk;
  }
}
