/**
 * Bytes in flight: the type {@link ByteStream}, its five laws, and the handful of functions everything else uses on it.
 *
 * @module
 */
export { abortable } from './abortable.ts';
export { byteStream, discard, fromChunks } from './byte-stream.ts';
export type { ByteSource, ByteStream } from './byte-stream.ts';
export { collect } from './collect.ts';
export { concat } from './concat.ts';
export { fromReadableStream, toReadableStream } from './readable-stream.ts';
export { rechunk } from './rechunk.ts';
export { slice } from './slice.ts';
export { tap } from './tap.ts';
