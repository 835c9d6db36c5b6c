import { posix } from 'node:path';
import type { StorageDriver } from '@lading/storage';

/** Tidies paths up instead of refusing them. */
export function forgivingPaths(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    get: (path, options) => driver.get(posix.normalize(path), options),
    put: (path, bytes, options) => driver.put(posix.normalize(path), bytes, options),
  };
}
