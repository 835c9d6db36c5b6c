/**
 * Content-addressed blobs and resumable uploads over one storage driver.
 *
 * @module
 */
export { blobStore, defaultBlobRoot } from './blobs.ts';
export type { BlobStoreOptions, Blobs, WriteBlobOptions } from './blobs.ts';
export { secretKeys, storedKeys } from './keys.ts';
export type { UploadKey, UploadKeys } from './keys.ts';
export { runningHashes } from './running-hashes.ts';
export type { RunningHashes } from './running-hashes.ts';
export { uploads } from './uploads.ts';
export type { UploadsOptions } from './uploads.ts';
