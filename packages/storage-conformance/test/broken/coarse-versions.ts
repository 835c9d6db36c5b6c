import type { StorageDriver } from '@lading/storage';

/** Makes a version of the size and a clock that ticks once in a while. */
export function coarseVersions(driver: StorageDriver): StorageDriver {
  const coarse = (size: number): string => `${size}-${Math.floor(Date.now() / 3_600_000)}`;
  return {
    ...driver,
    async stat(path, options) {
      const stat = await driver.stat(path, options);
      return stat.kind === 'file' ? { ...stat, version: coarse(stat.size) } : stat;
    },
    async get(path, options) {
      const file = await driver.get(path, options);
      return { ...file, version: coarse(file.bytes.byteLength) };
    },
    async put(path, bytes, { ifVersion, ...options } = {}) {
      const stat = ifVersion === undefined ? undefined : await driver.stat(path).catch(() => undefined);
      const version = stat?.kind === 'file' ? stat.version : 'none';
      await driver.put(path, bytes, ifVersion === undefined ? options : { ...options, ifVersion: version });
      return coarse(bytes.byteLength);
    },
  };
}
