import type { Blobs } from '@lading/blob-store';
import { type Digest, isDigest } from '@lading/digest';
import { RegistryError, isRegistryError } from '@lading/errors';
import { mediaTypeOf } from '@lading/manifest';
import { isTag } from '@lading/reference';
import type { Cancellable, ManifestReader, StoredManifest } from '@lading/repository';
import type { StorageDriver } from '@lading/storage';
import type { RepositoryLayout } from './layout.ts';
import { hasLink } from './links.ts';
import type { Tags } from './tags.ts';

export interface ManifestReaderOptions {
  readonly storage: StorageDriver;
  readonly blobs: Blobs;
  readonly paths: RepositoryLayout;
  readonly tags: Tags;
  readonly mediaTypes: MediaTypes;
}

/** What manifests are, by digest: found out once, since it stands in bytes that never change. Shared by all repositories. */
export type MediaTypes = Map<Digest, string>;

/** How many media types a process remembers. */
const remembered = 10_000;

/** The manifests of one repository, to read. */
export function manifestReader({
  storage,
  blobs,
  paths,
  tags,
  mediaTypes,
}: ManifestReaderOptions): ManifestReader {
  /** The digest that a reference stands for: one look into the storage, whichever it is. */
  const resolve = async (reference: string, cancel?: Cancellable): Promise<Digest> => {
    if (isDigest(reference)) {
      if (await hasLink(storage, paths.revision(reference), reference, cancel)) return reference;
    } else if (isTag(reference)) {
      const digest = await tags.digestOf(reference, cancel);
      if (digest !== undefined) return digest;
    }
    throw manifestUnknown(reference);
  };

  const mediaTypeIn = (digest: Digest, bytes: Uint8Array): string => {
    const known = mediaTypes.get(digest);
    if (known !== undefined) return known;
    const mediaType = readMediaType(bytes);
    if (mediaTypes.size >= remembered) mediaTypes.clear();
    mediaTypes.set(digest, mediaType);
    return mediaType;
  };

  const open = async (digest: Digest, cancel?: Cancellable): Promise<StoredManifest> => {
    const bytes = await blobs.get(digest, cancel).catch(withoutBytes);
    return { mediaType: mediaTypeIn(digest, bytes), digest, size: bytes.byteLength, bytes };
  };

  return {
    get: async (reference, cancel) => open(await resolve(reference, cancel), cancel),

    async stat(reference, cancel) {
      const digest = await resolve(reference, cancel);
      const mediaType = mediaTypes.get(digest);
      if (mediaType === undefined) return open(digest, cancel);
      const { size } = await blobs.stat(digest, cancel).catch(withoutBytes);
      return { mediaType, digest, size };
    },
  };
}

/** Without its bytes there is no manifest, whatever a link says. */
function withoutBytes(error: unknown): never {
  if (!isRegistryError(error, 'BLOB_UNKNOWN')) throw error;
  throw new RegistryError('MANIFEST_UNKNOWN', { detail: error.detail, cause: error });
}

function readMediaType(bytes: Uint8Array): string {
  try {
    return mediaTypeOf(bytes);
  } catch (cause) {
    // Nobody pushed these bytes: they were spoilt where they lie.
    throw new RegistryError('UNAVAILABLE', {
      message: 'a manifest in the storage of this registry is damaged',
      cause,
    });
  }
}

export function manifestUnknown(reference: string): RegistryError {
  return new RegistryError('MANIFEST_UNKNOWN', { detail: { reference } });
}
