import type { StorageDriver } from '@lading/storage';

/** Joins parts in the order of their names. */
export function sortedParts(driver: StorageDriver): StorageDriver {
  const { compose } = driver;
  if (compose === undefined) return driver;
  return { ...driver, compose: (parts, to, options) => compose([...parts].sort(), to, options) };
}
