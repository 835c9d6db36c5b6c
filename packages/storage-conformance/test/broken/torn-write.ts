import { concat } from '@lading/bytes';
import type { StorageDriver } from '@lading/storage';

/** Writes in place: what has arrived can be seen, and stays when the rest does not come. */
export function tornWrite(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    async write(path, source, options) {
      const seen: Uint8Array[] = [];
      for await (const chunk of source) {
        seen.push(chunk);
        await driver.put(path, concat(seen), options?.signal === undefined ? {} : { signal: options.signal });
      }
      return concat(seen).byteLength;
    },
  };
}
