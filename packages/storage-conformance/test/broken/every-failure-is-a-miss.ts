import { type StorageDriver, StorageError, isStorageError } from '@lading/storage';

/** Tells every failure as not-found. */
export function everyFailureIsAMiss(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    async read(path, options) {
      try {
        return await driver.read(path, options);
      } catch (error) {
        if (!isStorageError(error)) throw error;
        throw new StorageError('not-found', { operation: 'read', path, cause: error });
      }
    },
  };
}
