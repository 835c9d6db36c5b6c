import type { ByteStream } from './byte-stream.ts';
import { derived } from './derived.ts';

/** The same stream, with `look` called on each chunk as it passes. The chunk is only lent to `look`. */
export function tap(stream: ByteStream, look: (chunk: Uint8Array) => void): ByteStream {
  return derived(stream, async function* looked(source) {
    for await (const chunk of source) {
      look(chunk);
      yield chunk;
    }
  });
}
