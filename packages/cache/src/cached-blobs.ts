import type { Blobs } from '@lading/blob-store';
import { fromChunks } from '@lading/bytes';
import type { Digest } from '@lading/digest';
import { RegistryError } from '@lading/errors';
import type { BlobInfo, ByteRange, OpenBlob, ReadBlobOptions } from '@lading/repository';
import { LRUCache } from 'lru-cache';
import { type DescriptorCache, lruDescriptors } from './descriptor-cache.ts';
import { singleFlight } from './single-flight.ts';

export interface CachedBlobsOptions {
  /** Remembers sizes. Default: `lruDescriptors()`. */
  readonly descriptors?: DescriptorCache;
  /** Most memory for the contents of small blobs, in bytes; 0 keeps none. Default: 64 MiB. */
  readonly maxBytes?: number;
  /** Largest blob whose contents are kept, in bytes. Default: 1 MiB. */
  readonly maxBlobBytes?: number;
  /** Told when the cache of sizes fails, which no request notices. Must not throw. Default: nobody is. */
  readonly onError?: (error: unknown) => void;
}

/** What an entry costs beside its bytes: key, object, place in the list. */
const overhead = 512;

/**
 * The same blobs, with the sizes of many and the contents of small ones kept in memory. A digest names its bytes for ever, so nothing has to be
 * invalidated but what is deleted. What is not there is never remembered, and writes go to the storage whatever is remembered. Which
 * repository a blob belongs to is not known here.
 */
export function cachedBlobs(blobs: Blobs, options: CachedBlobsOptions = {}): Blobs {
  const {
    descriptors = lruDescriptors(),
    maxBytes = 64 * 1024 * 1024,
    maxBlobBytes = 1024 * 1024,
    onError,
  } = options;
  const largest = Math.min(maxBlobBytes, maxBytes - overhead);
  const contents = new LRUCache<Digest, Uint8Array>({
    maxSize: Math.max(maxBytes, 1),
    sizeCalculation: (bytes) => bytes.byteLength + overhead,
  });
  const sizes = singleFlight<Digest, BlobInfo>();
  const loads = singleFlight<Digest, Uint8Array>();

  const remember = (blob: BlobInfo): void => attempt(() => descriptors.set(blob), onError);

  const keep = (digest: Digest, bytes: Uint8Array): void => {
    if (bytes.byteLength <= largest) contents.set(digest, bytes);
  };

  const askStorage = (digest: Digest, signal: AbortSignal | undefined): Promise<BlobInfo> => {
    const load = async (current: () => boolean): Promise<BlobInfo> => {
      const blob = await blobs.stat(digest);
      if (current()) remember(blob);
      return blob;
    };
    return sizes.run(digest, load, withSignal(signal));
  };

  const stat: Blobs['stat'] = (digest, { signal } = {}) => {
    const bytes = contents.get(digest);
    if (bytes !== undefined) return Promise.resolve({ digest, size: bytes.byteLength });
    const known = recall(descriptors, digest, onError);
    if (known === undefined) return askStorage(digest, signal);
    if (!(known instanceof Promise)) return Promise.resolve(known);
    return known.then((blob) => blob ?? askStorage(digest, signal));
  };

  const get: Blobs['get'] = (digest, { signal } = {}) => {
    const bytes = contents.get(digest);
    if (bytes !== undefined) return Promise.resolve(bytes);
    // Without the caller's signal: others may wait for the same bytes.
    const load = async (current: () => boolean): Promise<Uint8Array> => {
      const loaded = await blobs.get(digest);
      if (current()) keep(digest, loaded);
      return loaded;
    };
    return loads.run(digest, load, withSignal(signal));
  };

  const forget = (digest: Digest): void => {
    sizes.forget(digest);
    loads.forget(digest);
    contents.delete(digest);
    attempt(() => descriptors.delete(digest), onError);
  };

  const { url } = blobs;
  return {
    pathOf: blobs.pathOf,
    list: blobs.list,
    stat,
    get,
    async read(digest, request = {}) {
      const kept = contents.get(digest);
      if (kept !== undefined) return opened(digest, kept, request);
      if (largest < 0) return blobs.read(digest, request);
      const { size } = await stat(digest, withSignal(request.signal));
      if (size > largest) return blobs.read(digest, request);
      return opened(digest, await get(digest, withSignal(request.signal)), request);
    },
    async put(digest, bytes, request) {
      await blobs.put(digest, bytes, request);
      // A copy: the bytes are only lent.
      if (!contents.has(digest)) keep(digest, bytes.slice());
    },
    async write(digest, source, request) {
      const blob = await blobs.write(digest, source, request);
      remember(blob);
      return blob;
    },
    adopt: blobs.adopt,
    async delete(digest, request) {
      forget(digest);
      try {
        await blobs.delete(digest, request);
      } finally {
        // Somebody may have read it just before it went.
        forget(digest);
      }
    },
    ...(url === undefined ? {} : { url }),
  };
}

/** A blob that is in memory. Its bytes are shared, so a chunk that is to belong to the caller is a copy. */
function opened(digest: Digest, bytes: Uint8Array, { range, recycle = false }: ReadBlobOptions): OpenBlob {
  const size = bytes.byteLength;
  const part = range === undefined ? bytes : cut(digest, bytes, range);
  return { digest, size, body: fromChunks(recycle ? part : part.slice()) };
}

function cut(
  digest: Digest,
  bytes: Uint8Array,
  { offset, length = Number.POSITIVE_INFINITY }: ByteRange,
): Uint8Array {
  const size = bytes.byteLength;
  if (offset > size) throw new RegistryError('RANGE_INVALID', { detail: { digest, size } });
  return bytes.subarray(offset, Math.min(size, offset + length));
}

function recall(
  descriptors: DescriptorCache,
  digest: Digest,
  onError: ((error: unknown) => void) | undefined,
): BlobInfo | undefined | Promise<BlobInfo | undefined> {
  const failed = (error: unknown): undefined => {
    onError?.(error);
  };
  try {
    const known = descriptors.get(digest);
    return known instanceof Promise ? known.catch(failed) : known;
  } catch (error) {
    return failed(error);
  }
}

/** Something that a request neither waits for nor fails with. */
function attempt(work: () => void | Promise<void>, onError: ((error: unknown) => void) | undefined): void {
  try {
    work()?.catch((error: unknown) => onError?.(error));
  } catch (error) {
    onError?.(error);
  }
}

function withSignal(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
