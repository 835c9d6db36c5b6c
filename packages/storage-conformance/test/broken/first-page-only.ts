import type { Entry, StorageDriver } from '@lading/storage';

/** Never asks for the second page of a list. */
export function firstPageOnly(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    async *list(directory, options): AsyncGenerator<Entry, void, undefined> {
      let told = 0;
      for await (const entry of driver.list(directory, options)) {
        if (told === 1000) return;
        told += 1;
        yield entry;
      }
    },
  };
}
