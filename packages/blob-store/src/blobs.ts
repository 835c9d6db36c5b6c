import { type ByteStream, fromChunks } from '@lading/bytes';
import { type Digest, algorithmOf, encodedOf, verified } from '@lading/digest';
import { RegistryError } from '@lading/errors';
import type { BlobInfo, BlobUrlOptions, Cancellable, OpenBlob, ReadBlobOptions } from '@lading/repository';
import { type StorageDriver, isStorageError } from '@lading/storage';

export interface WriteBlobOptions extends Cancellable {
  /** Exactly so many bytes must come. Default: any number. */
  readonly size?: number;
}

/**
 * Content under its digest, whoever it belongs to. Which repository may see which blob is not known here: `registry-store`
 * keeps the links. Functions that name a missing blob reject with BLOB_UNKNOWN; faults of the storage pass as they are.
 */
export interface Blobs {
  /** Where a blob lies in the storage. */
  readonly pathOf: (digest: Digest) => string;
  readonly stat: (digest: Digest, options?: Cancellable) => Promise<BlobInfo>;
  /** A small blob, such as a manifest, at once. Perhaps shared with a cache: not to be changed. */
  readonly get: (digest: Digest, options?: Cancellable) => Promise<Uint8Array>;
  /** Opens a blob. Resolves once its first byte can be read. */
  readonly read: (digest: Digest, options?: ReadBlobOptions) => Promise<OpenBlob>;
  /** Stores a few bytes whose digest has been computed from them, unless they are there. Survives a power cut when it resolves. */
  readonly put: (digest: Digest, bytes: Uint8Array, options?: Cancellable) => Promise<void>;
  /**
   * Stores a stream straight under its digest; bytes of another digest or size reject with a `MismatchError` and store nothing. A
   * blob that is there already is kept, and the stream read and verified all the same: only who has the bytes may claim them.
   */
  readonly write: (digest: Digest, source: ByteStream, options?: WriteBlobOptions) => Promise<BlobInfo>;
  /**
   * Makes verified files of the storage, one after the other, the bytes of a blob, and takes the files where that is a rename. A blob
   * that is there already is kept.
   *
   * @param parts paths of files whose bytes, joined, are known to have this digest.
   */
  readonly adopt: (digest: Digest, parts: readonly string[], options?: Cancellable) => Promise<void>;
  /** Frees the bytes. For garbage collection: no link may point at them. */
  readonly delete: (digest: Digest, options?: Cancellable) => Promise<void>;
  /** A link from which a client may GET the blob by itself. Absent where the storage has none to give. */
  readonly url?: (digest: Digest, options?: BlobUrlOptions) => Promise<string | undefined>;
  /** Every blob there is, in no order. */
  readonly list: (options?: Cancellable) => AsyncIterable<Digest>;
}

export interface BlobStoreOptions {
  readonly storage: StorageDriver;
  /** Directory of the blobs. Default: `/docker/registry/v2/blobs`, where CNCF Distribution has it. */
  readonly root?: string;
  /** How long a link given by `url` holds, in seconds. Default: 1200. */
  readonly urlExpires?: number;
}

/** The directory of CNCF Distribution's blobs. */
export const defaultBlobRoot: string = '/docker/registry/v2/blobs';

/** Content under `<root>/<algorithm>/<first two digits>/<digits>/data`, as CNCF Distribution lays it out. */
export function blobStore({ storage, root = defaultBlobRoot, urlExpires = 1200 }: BlobStoreOptions): Blobs {
  const pathOf = (digest: Digest): string => {
    const encoded = encodedOf(digest);
    return `${root}/${algorithmOf(digest)}/${encoded.slice(0, 2)}/${encoded}/data`;
  };
  const sizeOf = async (digest: Digest, options?: Cancellable): Promise<number | undefined> => {
    try {
      const found = await storage.stat(pathOf(digest), options);
      return found.kind === 'file' ? found.size : undefined;
    } catch (error) {
      if (isStorageError(error, 'not-found')) return undefined;
      throw error;
    }
  };
  const { url } = storage;
  return {
    pathOf,
    async stat(digest, options) {
      const size = await sizeOf(digest, options);
      if (size === undefined) throw blobUnknown(digest);
      return { digest, size };
    },
    async get(digest, options) {
      try {
        return (await storage.get(pathOf(digest), options)).bytes;
      } catch (error) {
        throw isStorageError(error, 'not-found') ? blobUnknown(digest, error) : error;
      }
    },
    async read(digest, { range, recycle = false, signal } = {}) {
      const size = await sizeOf(digest, withSignal(signal));
      if (size === undefined) throw blobUnknown(digest);
      if (range !== undefined && range.offset > size)
        throw new RegistryError('RANGE_INVALID', { detail: { digest, size } });
      try {
        const body = await storage.read(pathOf(digest), { ...range, recycle, ...withSignal(signal) });
        return { digest, size, body };
      } catch (error) {
        throw isStorageError(error, 'not-found') ? blobUnknown(digest, error) : error;
      }
    },
    async put(digest, bytes, options) {
      const size = await sizeOf(digest, options);
      if (size === bytes.byteLength) return;
      // Content of the right name and the wrong size can only be a torn write of somebody else: it is replaced.
      await storage.put(pathOf(digest), bytes, options);
    },
    async write(digest, source, { size, signal } = {}) {
      const known = await sizeOf(digest, withSignal(signal));
      const checked = verified(source, digest, size === undefined ? {} : { size });
      if (known === undefined)
        return { digest, size: await storage.write(pathOf(digest), checked, withSignal(signal)) };
      return { digest, size: await drain(checked, signal) };
    },
    async adopt(digest, parts, options) {
      if ((await sizeOf(digest, options)) !== undefined) return;
      const [only] = parts;
      if (only === undefined) await storage.write(pathOf(digest), fromChunks(), { size: 0, ...options });
      else if (parts.length === 1) await storage.move(only, pathOf(digest), options);
      else if (storage.compose !== undefined) await storage.compose(parts, pathOf(digest), options);
      else await storage.write(pathOf(digest), readAll(storage, parts, options), options);
    },
    async delete(digest, options) {
      await storage.delete(pathOf(digest).slice(0, -'/data'.length), options);
    },
    async *list(options) {
      for await (const { name } of storage.list(root, { recursive: true, ...options })) {
        const [algorithm, , encoded, file, ...rest] = name.split('/');
        if (algorithm !== undefined && encoded !== undefined && file === 'data' && rest.length === 0)
          yield `${algorithm}:${encoded}`;
      }
    },
    ...(url === undefined
      ? {}
      : { url: (digest, options = {}) => url(pathOf(digest), { expires: urlExpires, ...options }) }),
  };
}

/** The bytes of several files, one after the other. Each is opened when its turn comes. */
export async function* readAll(
  storage: StorageDriver,
  paths: readonly string[],
  options: Cancellable & { readonly recycle?: boolean } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const path of paths) yield* await storage.read(path, options);
}

async function drain(stream: ByteStream, signal: AbortSignal | undefined): Promise<number> {
  let size = 0;
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    size += chunk.byteLength;
  }
  return size;
}

function withSignal(signal: AbortSignal | undefined): Cancellable {
  return signal === undefined ? {} : { signal };
}

function blobUnknown(digest: Digest, cause?: unknown): RegistryError {
  return new RegistryError('BLOB_UNKNOWN', { detail: { digest }, cause });
}
