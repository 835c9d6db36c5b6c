import type { StorageDriver } from '@lading/storage';

/** Mistakes the length of a range for its end. */
export function lengthAsEnd(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    read(path, options = {}) {
      const { offset = 0, length } = options;
      return driver.read(
        path,
        length === undefined ? options : { ...options, length: Math.max(0, length - offset) },
      );
    },
  };
}
