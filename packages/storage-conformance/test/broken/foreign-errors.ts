import { type StorageDriver, isStorageError } from '@lading/storage';

/** Passes on what its vendor's client throws. */
export function foreignErrors(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    async get(path, options) {
      try {
        return await driver.get(path, options);
      } catch (error) {
        if (isStorageError(error, 'not-found')) throw new Error('NoSuchKey', { cause: error });
        throw error;
      }
    },
  };
}
