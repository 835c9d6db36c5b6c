/**
 * A storage driver on a file system: {@link fsStorage}.
 *
 * @module
 */
export { fsStorage } from './fs-storage.ts';
export type { FsStorageOptions } from './fs-storage.ts';
