import type { Blobs } from '@lading/blob-store';
import { type Digest, algorithmOf, computableAlgorithmOf } from '@lading/digest';
import { RegistryError } from '@lading/errors';
import { isName } from '@lading/reference';
import type { BlobInfo, BlobReader, BlobWriter, Cancellable, Uploads } from '@lading/repository';
import { type StorageDriver, isStorageError } from '@lading/storage';
import type { Layout, RepositoryLayout } from './layout.ts';
import { hasLink, linkTo, readLink } from './links.ts';

export interface LinkedBlobsOptions {
  readonly storage: StorageDriver;
  readonly blobs: Blobs;
  readonly layout: Layout;
  readonly paths: RepositoryLayout;
  readonly uploads: Uploads;
}

/**
 * The blobs of one repository: those that a link in it names. Links are read from the storage each time, whatever is cached of the bytes: a
 * client that is told "it is here" skips the upload.
 */
export function linkedBlobs({
  storage,
  blobs,
  layout,
  paths,
  uploads,
}: LinkedBlobsOptions): BlobReader & BlobWriter {
  const find = async (digest: Digest, options?: Cancellable): Promise<Digest> => {
    const target = await targetOf(storage, paths, digest, options);
    if (target === undefined) throw blobUnknown(digest);
    return target;
  };
  const { url } = blobs;
  return {
    async stat(digest, options) {
      const target = await find(digest, options);
      const found = await blobs.stat(target, options);
      return target === digest ? found : { ...found, digest };
    },
    async read(digest, options) {
      const target = await find(digest, options);
      const found = await blobs.read(target, options);
      return target === digest ? found : { ...found, digest };
    },
    ...(url === undefined
      ? {}
      : { url: async (digest, options) => url(await find(digest, options), options) }),
    async delete(digest, options) {
      await find(digest, options);
      await storage.delete(paths.layer(digest), options);
    },
    async mount(digest, { from, algorithm, signal } = {}) {
      const cancel = signal === undefined ? undefined : { signal };
      const blob = await findElsewhere(digest, from, cancel);
      if (blob === undefined) {
        return {
          kind: 'upload',
          upload: await uploads.create({ algorithm: algorithm ?? computableAlgorithmOf(digest), ...cancel }),
        };
      }
      await storage.put(paths.layer(digest), linkTo(blob.digest), cancel);
      return { kind: 'mounted', blob: { digest, size: blob.size } };
    },
  };

  /** A blob that another repository has, or any, under the digest that keeps its bytes. */
  async function findElsewhere(
    digest: Digest,
    from: string | undefined,
    options?: Cancellable,
  ): Promise<BlobInfo | undefined> {
    if (from === undefined) return blobInStorage(storage, blobs, digest, options);
    if (!isName(from)) return undefined;
    const target = await targetOf(storage, layout.repository(from), digest, options);
    return target === undefined ? undefined : blobInStorage(storage, blobs, target, options);
  }
}

/**
 * The digest under which a blob of a repository keeps its bytes, or `undefined` when the repository has none such. Distribution keeps all bytes
 * under sha256 and has links from other digests to that, so only those need reading.
 */
export async function targetOf(
  storage: StorageDriver,
  paths: RepositoryLayout,
  digest: Digest,
  options?: Cancellable,
): Promise<Digest | undefined> {
  const path = paths.layer(digest);
  if (algorithmOf(digest) !== 'sha256') return readLink(storage, path, options);
  return (await hasLink(storage, path, digest, options)) ? digest : undefined;
}

/** What the storage itself says of a blob, past any cache: for writes, which never trust one. */
export async function blobInStorage(
  storage: StorageDriver,
  blobs: Blobs,
  digest: Digest,
  options?: Cancellable,
): Promise<BlobInfo | undefined> {
  try {
    const found = await storage.stat(blobs.pathOf(digest), options);
    return found.kind === 'file' ? { digest, size: found.size } : undefined;
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined;
    throw error;
  }
}

function blobUnknown(digest: Digest): RegistryError {
  return new RegistryError('BLOB_UNKNOWN', { detail: { digest } });
}
