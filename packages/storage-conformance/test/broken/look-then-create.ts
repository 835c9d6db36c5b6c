import { discard } from '@lading/bytes';
import { type StorageDriver, StorageError } from '@lading/storage';

/** Looks whether something is there first, and writes a moment later. */
export function lookThenCreate(driver: StorageDriver): StorageDriver {
  const refuseIfThere = async (path: string, operation: string): Promise<void> => {
    const stat = await driver.stat(path).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (stat !== undefined) throw new StorageError('exists', { operation, path });
  };
  return {
    ...driver,
    async put(path, bytes, { ifAbsent = false, ...options } = {}) {
      if (ifAbsent) await refuseIfThere(path, 'put');
      return driver.put(path, bytes, options);
    },
    async write(path, source, { ifAbsent = false, ...options } = {}) {
      try {
        if (ifAbsent) await refuseIfThere(path, 'write');
      } catch (error) {
        await discard(source);
        throw error;
      }
      return driver.write(path, source, options);
    },
  };
}
