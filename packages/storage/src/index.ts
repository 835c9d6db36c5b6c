/**
 * The contract of a place for bytes under paths: {@link StorageDriver}, {@link StorageError}, the rules of paths, and
 * decorators.
 *
 * @module
 */
export type {
  Cancellable,
  DirectoryStat,
  Entry,
  FileStat,
  ListOptions,
  PutOptions,
  ReadOptions,
  Stat,
  StorageDriver,
  StoredFile,
  UrlOptions,
  Version,
  WriteOptions,
} from './driver.ts';
export { observe } from './observe.ts';
export type { ObserveOptions, StorageCall } from './observe.ts';
export { checkDirectory, checkPath, isPath, maxComponentLength, maxPathLength } from './path.ts';
export { prefixed } from './prefixed.ts';
export { rangeIn } from './range.ts';
export type { ByteRange } from './range.ts';
export { StorageError, isStorageError } from './storage-error.ts';
export type { StorageErrorKind, StorageErrorOptions } from './storage-error.ts';
