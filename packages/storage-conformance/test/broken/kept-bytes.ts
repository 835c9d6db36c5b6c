import type { StorageDriver } from '@lading/storage';

/** Hands out the very bytes that it keeps. */
export function keptBytes(driver: StorageDriver): StorageDriver {
  const kept = new Map<string, Uint8Array>();
  return {
    ...driver,
    async put(path, bytes, options) {
      const version = await driver.put(path, bytes, options);
      kept.set(path, bytes);
      return version;
    },
    async get(path, options) {
      const file = await driver.get(path, options);
      return { ...file, bytes: kept.get(path) ?? file.bytes };
    },
  };
}
