/**
 * A storage driver on a file system: {@link fsStorage}, and a look at where it is to be: {@link checkRoot}.
 *
 * @module
 */
export { checkRoot } from './check-root.ts';
export type { RootReport } from './check-root.ts';
export { fsStorage } from './fs-storage.ts';
export type { FsStorageOptions } from './fs-storage.ts';
