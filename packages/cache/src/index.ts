/**
 * Memory in front of a blob store: the sizes of many blobs, the contents of small ones.
 *
 * @module
 */
export { cachedBlobs } from './cached-blobs.ts';
export type { CachedBlobsOptions } from './cached-blobs.ts';
export { lruDescriptors } from './descriptor-cache.ts';
export type { DescriptorCache, LruDescriptorsOptions } from './descriptor-cache.ts';
