import type { Digest } from '@lading/digest';
import type { BlobInfo } from '@lading/repository';
import { LRUCache } from 'lru-cache';

/**
 * Where the sizes of blobs are remembered, by digest. In this process or shared by several: an answer may come at once or as a promise. It may
 * forget anything at any time, and fail: then the storage is asked.
 */
export interface DescriptorCache {
  readonly get: (digest: Digest) => BlobInfo | undefined | Promise<BlobInfo | undefined>;
  readonly set: (blob: BlobInfo) => void | Promise<void>;
  readonly delete: (digest: Digest) => void | Promise<void>;
}

export interface LruDescriptorsOptions {
  /** Most blobs to remember; those asked for longest ago go first. Default: 10,000. */
  readonly max?: number;
}

/** Sizes of the blobs that were asked for last, in this process. */
export function lruDescriptors({ max = 10_000 }: LruDescriptorsOptions = {}): DescriptorCache {
  const blobs = new LRUCache<Digest, BlobInfo>({ max });
  return {
    get: (digest) => blobs.get(digest),
    set(blob) {
      blobs.set(blob.digest, blob);
    },
    delete(digest) {
      blobs.delete(digest);
    },
  };
}
