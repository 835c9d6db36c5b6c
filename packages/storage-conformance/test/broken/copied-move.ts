import type { StorageDriver } from '@lading/storage';

/** Moves by a copy, and forgets the delete. */
export function copiedMove(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    async move(from, to, options) {
      await driver.write(to, await driver.read(from), options);
    },
  };
}
