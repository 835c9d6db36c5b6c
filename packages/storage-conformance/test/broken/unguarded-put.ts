import type { StorageDriver } from '@lading/storage';

/** Says that it can put over a version, and does not look. */
export function unguardedPut(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    put: (path, bytes, { ifAbsent = false } = {}) => driver.put(path, bytes, { ifAbsent }),
  };
}
