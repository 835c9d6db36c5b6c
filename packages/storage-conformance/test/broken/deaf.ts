import type { StorageDriver } from '@lading/storage';

/** Does not listen to signals in the middle of its work. */
export function deaf(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    write(path, source, { signal, ...options } = {}) {
      return signal?.aborted === true
        ? driver.write(path, source, { signal, ...options })
        : driver.write(path, source, options);
    },
    async read(path, { signal, ...options } = {}) {
      signal?.throwIfAborted();
      return driver.read(path, options);
    },
  };
}
