import { byteStream } from '@lading/bytes';
import type { StorageDriver } from '@lading/storage';

/** Gives every chunk in the same buffer, whether asked to or not. */
export function reusedBuffer(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    async read(path, options) {
      const iterator = (await driver.read(path, options))[Symbol.asyncIterator]();
      const buffer = new Uint8Array(256 * 1024);
      return byteStream({
        async pull() {
          const step = await iterator.next();
          if (step.done === true) return undefined;
          buffer.set(step.value);
          return buffer.subarray(0, step.value.byteLength);
        },
        async close() {
          await iterator.return?.();
        },
      });
    },
  };
}
