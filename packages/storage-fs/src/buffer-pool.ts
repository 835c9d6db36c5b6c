/** Buffers of one size that are used again. */
export interface BufferPool {
  readonly size: number;
  readonly take: () => Uint8Array;
  /** Takes back a buffer, or any part of it from its beginning. */
  readonly give: (buffer: Uint8Array) => void;
}

/** @param most how many idle buffers it keeps. */
export function createBufferPool(size: number, most: number): BufferPool {
  const idle: Uint8Array[] = [];
  return {
    size,
    take: () => idle.pop() ?? new Uint8Array(size),
    give(buffer) {
      if (idle.length < most) idle.push(new Uint8Array(buffer.buffer, 0, size));
    },
  };
}
