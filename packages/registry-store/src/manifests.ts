import type { Blobs } from '@lading/blob-store';
import { type Digest, computableAlgorithmOf, digestOf, isDigest } from '@lading/digest';
import { RegistryError, isRegistryError } from '@lading/errors';
import { type Manifest, parseManifest } from '@lading/manifest';
import { isTag } from '@lading/reference';
import type { Cancellable, ManifestWriter, Policy, PutManifestOptions } from '@lading/repository';
import { type StorageDriver, isStorageError } from '@lading/storage';
import { blobInStorage, targetOf } from './blobs.ts';
import type { CatalogIndex } from './catalog-index.ts';
import { together } from './concurrently.ts';
import type { RepositoryLayout } from './layout.ts';
import { hasLink, linkTo } from './links.ts';
import { manifestUnknown } from './manifest-reader.ts';
import { type MayBeMissing, type Shelves, checkReferences } from './references.ts';
import type { ReferrersIndex } from './referrers.ts';
import type { Tags } from './tags.ts';

export interface ManifestsOptions {
  readonly storage: StorageDriver;
  readonly blobs: Blobs;
  readonly paths: RepositoryLayout;
  readonly repository: string;
  readonly tags: Tags;
  readonly referrers: ReferrersIndex;
  readonly catalog: CatalogIndex;
  readonly policies: readonly Policy[];
  readonly mayBeMissing: MayBeMissing;
}

/** The manifests of one repository, to change; and its tags, as far as they point at one. */
export function manifestWriter(options: ManifestsOptions): ManifestWriter & Tagging {
  const { storage, blobs, paths, repository, tags, referrers, catalog, policies, mayBeMissing } = options;

  const isHere = (digest: Digest, cancel?: Cancellable): Promise<boolean> =>
    hasLink(storage, paths.revision(digest), digest, cancel);

  /** What may be read of the repository to check a push: the second time not from a cache, since a delete may have run in between. */
  const shelves = (cached: boolean, cancel?: Cancellable): Shelves => {
    const isStored = async (digest: Digest): Promise<boolean> => {
      if (!cached) return (await blobInStorage(storage, blobs, digest, cancel)) !== undefined;
      return (await blobs.stat(digest, cancel).catch(unlessUnknown)) !== undefined;
    };
    return {
      async hasBlob(digest) {
        const target = await targetOf(storage, paths, digest, cancel);
        return target !== undefined && isStored(target);
      },
      hasManifest: async (digest) => (await isHere(digest, cancel)) && isStored(digest),
    };
  };

  /** Links a manifest into the repository. Says whether it is new there: only then may a failed push take it out again. */
  const link = async (digest: Digest, cancel?: Cancellable): Promise<boolean> => {
    const path = paths.revision(digest);
    try {
      await storage.put(path, linkTo(digest), { ...cancel, ifAbsent: true });
      return true;
    } catch (error) {
      if (!isStorageError(error, 'exists')) throw error;
    }
    // Who wrote it may not have come as far as stable storage yet, and we are about to answer for it.
    await storage.put(path, linkTo(digest), cancel);
    return false;
  };

  const unlink = async (digest: Digest, manifest: Manifest, cancel?: Cancellable): Promise<void> => {
    await referrers.remove(digest, manifest, cancel);
    await storage.delete(paths.revision(digest), cancel);
  };

  /** Points tags at a manifest, and makes it whole again should a delete have taken it out while they were set. */
  const point = async (
    digest: Digest,
    names: readonly string[],
    { condition, signal }: PutManifestOptions,
  ): Promise<void> => {
    const cancel = signal === undefined ? undefined : { signal };
    for (const tag of names) await tags.point(tag, digest, condition, cancel);
    if (names.length === 0 || (await isHere(digest, cancel))) return;
    await link(digest, cancel);
    const { manifest, size } = await readManifest(digest, cancel);
    if (manifest !== undefined) await referrers.add(digest, size, manifest, cancel);
  };

  /** A stored manifest; nothing where its bytes are gone, or are none that we would take: then it refers to nothing. */
  const readManifest = async (
    digest: Digest,
    cancel?: Cancellable,
  ): Promise<{ readonly manifest?: Manifest; readonly size: number }> => {
    try {
      const bytes = await blobs.get(digest, cancel);
      return { manifest: parseManifest(bytes), size: bytes.byteLength };
    } catch (error) {
      if (isRegistryError(error, 'BLOB_UNKNOWN', 'MANIFEST_INVALID')) return { size: 0 };
      throw error;
    }
  };

  return {
    async put(bytes, contentType, { digest: expected, tags: names = [], condition, signal } = {}) {
      const cancel = signal === undefined ? undefined : { signal };
      checkTags(names);
      const manifest = parseManifest(bytes, contentType);
      const digest = await checkDigest(bytes, expected);
      if (condition !== undefined && names.length > 0) await tags.expect(names, condition, cancel);
      await checkReferences(manifest, mayBeMissing, shelves(true, cancel), signal);
      for (const policy of policies) await policy({ repository, digest, manifest, tags: names });

      await together(blobs.put(digest, bytes, cancel), catalog.add(repository, cancel));
      const isNew = await link(digest, cancel);
      try {
        await together(
          checkReferences(manifest, mayBeMissing, shelves(false, cancel), signal),
          referrers.add(digest, bytes.byteLength, manifest, cancel),
        );
      } catch (error) {
        // Not with the caller's signal: it may be what ended the push. What cannot be taken back either is a manifest without a name.
        if (isNew) await unlink(digest, manifest).catch(() => undefined);
        throw error;
      }
      await point(digest, names, { ...(condition === undefined ? {} : { condition }), ...cancel });
      return {
        mediaType: manifest.mediaType,
        digest,
        size: bytes.byteLength,
        ...(manifest.subject === undefined ? {} : { subject: manifest.subject.digest }),
      };
    },

    async delete(digest, cancel) {
      if (!isDigest(digest) || !(await isHere(digest, cancel))) throw manifestUnknown(digest);
      await tags.deleteAll(digest, cancel);
      const { manifest } = await readManifest(digest, cancel);
      if (manifest === undefined) await storage.delete(paths.revision(digest), cancel);
      else await unlink(digest, manifest, cancel);
      // A push that found the manifest still here may have set a tag since; one that comes later links the manifest again.
      await tags.deleteAll(digest, cancel);
    },

    async set(tag, digest, cancel) {
      checkTags([tag]);
      if (!isDigest(digest) || !(await isHere(digest, cancel))) throw manifestUnknown(digest);
      await point(digest, [tag], { ...cancel });
    },
  };
}

interface Tagging {
  /** Points a tag at a manifest that is there. */
  readonly set: (tag: string, digest: Digest, options?: Cancellable) => Promise<void>;
}

function checkTags(names: readonly string[]): void {
  const wrong = names.find((name) => !isTag(name));
  if (wrong !== undefined)
    throw new RegistryError('TAG_INVALID', { message: 'tag is malformed', detail: { tag: wrong } });
}

async function checkDigest(bytes: Uint8Array, expected: Digest | undefined): Promise<Digest> {
  if (expected === undefined) return digestOf(bytes);
  const digest = isDigest(expected) ? await digestOf(bytes, computableAlgorithmOf(expected)) : undefined;
  if (expected === digest) return digest;
  throw new RegistryError('DIGEST_INVALID', { detail: { expected, actual: digest } });
}

function unlessUnknown(error: unknown): undefined {
  if (isRegistryError(error, 'BLOB_UNKNOWN')) return undefined;
  throw error;
}
