import type { StorageDriver } from '@lading/storage';

/** Leaves a stream as it is when it cannot be written. */
export function openSources(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    write: (path, source, options) => driver.write(path, unending(source), options),
  };
}

function unending(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      return { next: () => iterator.next() };
    },
  };
}
