import type { StorageDriver } from '@lading/storage';

/** Takes everything whose path begins alike for what lies below a directory. */
export function deleteByPrefix(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    async delete(path, options) {
      await driver.delete(path, options);
      for await (const { name } of driver.list('/', { recursive: true })) {
        if (`/${name}`.startsWith(path)) await driver.delete(`/${name}`);
      }
    },
  };
}
