import { type StorageDriver, StorageError } from '@lading/storage';

/** Looks at the version first, and puts a moment later. */
export function lookThenPut(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    async put(path, bytes, { ifVersion, ...options } = {}) {
      if (ifVersion !== undefined) {
        const stat = await driver.stat(path).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (stat?.kind !== 'file' || stat.version !== ifVersion) {
          throw new StorageError('changed', { operation: 'put', path });
        }
      }
      return driver.put(path, bytes, options);
    },
  };
}
