import { byteStream } from '@lading/bytes';
import type { StorageDriver } from '@lading/storage';

const size = 256 * 1024;

/** Fetches every chunk from what lies at the path right then. */
export function driftingRead(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    async read(path, { offset = 0, length = Number.POSITIVE_INFINITY, ...options } = {}) {
      await (await driver.read(path, { offset, ...options }))[Symbol.asyncIterator]().return?.();
      let position = offset;
      return byteStream({
        async pull() {
          options.signal?.throwIfAborted();
          const { bytes } = await driver.get(path);
          const chunk = bytes.slice(position, Math.min(position + size, offset + length));
          position += chunk.byteLength;
          return chunk.byteLength === 0 ? undefined : chunk;
        },
        close: () => undefined,
      });
    },
  };
}
