import { type Digest, algorithmOf, encodedOf } from '@lading/digest';
import { isRegistryError } from '@lading/errors';
import {
  type Descriptor,
  type Manifest,
  artifactTypeOf,
  maxManifestSize,
  parseManifest,
} from '@lading/manifest';
import type { Blobs } from '@lading/blob-store';
import type { Cancellable, Referrers } from '@lading/repository';
import { type StorageDriver, isStorageError } from '@lading/storage';
import { width } from './concurrently.ts';
import { type RepositoryLayout, referrerDigest } from './layout.ts';
import { hasLink } from './links.ts';
import type { Tags } from './tags.ts';

export interface ReferrersOptions {
  readonly storage: StorageDriver;
  readonly blobs: Blobs;
  readonly paths: RepositoryLayout;
  readonly tags: Tags;
}

/** What refers to what in one repository. */
export interface ReferrersIndex {
  readonly list: Referrers;
  /** Writes the entry of a manifest that has a subject; does nothing for any other. */
  readonly add: (digest: Digest, size: number, manifest: Manifest, options?: Cancellable) => Promise<void>;
  readonly remove: (digest: Digest, manifest: Manifest, options?: Cancellable) => Promise<void>;
}

/** Most descriptors of a page, when nobody asks for fewer. */
const defaultLimit = 1000;
/** A page is an index, and clients take no larger one. Leaves room for what stands around the descriptors. */
const maxPageSize = maxManifestSize - 4096;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function repositoryReferrers({ storage, blobs, paths, tags }: ReferrersOptions): ReferrersIndex {
  const isHere = (digest: Digest, options?: Cancellable): Promise<boolean> =>
    hasLink(storage, paths.revision(digest), digest, options);

  /** The descriptor of an entry, unless its manifest is gone: an entry outlives a push or a delete that stopped half-way. */
  const readEntry = async (
    subject: Digest,
    digest: Digest,
    options?: Cancellable,
  ): Promise<Descriptor | undefined> => {
    try {
      const [file, here] = await Promise.all([
        storage.get(paths.referrer(subject, digest), options),
        isHere(digest, options),
      ]);
      return here ? (JSON.parse(decoder.decode(file.bytes)) as Descriptor) : undefined;
    } catch (error) {
      if (isStorageError(error, 'not-found')) return undefined;
      throw error;
    }
  };

  /** The descriptor of a manifest that only a fallback tag names, made from the manifest itself. */
  const readManifest = async (
    subject: Digest,
    digest: Digest,
    options?: Cancellable,
  ): Promise<Descriptor | undefined> => {
    if (!(await isHere(digest, options))) return undefined;
    const bytes = await read(digest, options);
    const manifest = bytes === undefined ? undefined : parsed(bytes);
    if (bytes === undefined || manifest?.subject?.digest !== subject) return undefined;
    return describe(digest, bytes.byteLength, manifest);
  };

  const read = async (digest: Digest, options?: Cancellable): Promise<Uint8Array | undefined> => {
    try {
      return await blobs.get(digest, options);
    } catch (error) {
      if (isRegistryError(error, 'BLOB_UNKNOWN')) return undefined;
      throw error;
    }
  };

  const entries = async (subject: Digest, options?: Cancellable): Promise<Set<Digest>> => {
    const found = new Set<Digest>();
    for await (const { name, kind } of storage.list(paths.referrersOf(subject), options)) {
      const digest = kind === 'file' ? referrerDigest(name) : undefined;
      if (digest !== undefined) found.add(digest);
    }
    return found;
  };

  /** What clients wrote into the index of the fallback tag while this content lay in a registry that did not know referrers. */
  const tagged = async (subject: Digest, options?: Cancellable): Promise<Digest[]> => {
    const digest = await tags.digestOf(fallbackTag(subject), options);
    const bytes = digest === undefined ? undefined : await read(digest, options);
    const index = bytes === undefined ? undefined : parsed(bytes);
    return index?.kind === 'index' ? index.manifests.map((descriptor) => descriptor.digest) : [];
  };

  return {
    async list(subject, { artifactType, after = '', limit = defaultLimit, signal } = {}) {
      if (limit <= 0) return { items: [] };
      const cancel = signal === undefined ? undefined : { signal };
      const [own, others] = await Promise.all([entries(subject, cancel), tagged(subject, cancel)]);
      const candidates = [...new Set([...own, ...others])].filter((digest) => digest > after).sort();
      const items: Descriptor[] = [];
      let size = 0;
      for (let from = 0; from < candidates.length; from += width) {
        const batch = candidates.slice(from, from + width);
        const found = await Promise.all(
          batch.map((digest) => (own.has(digest) ? readEntry : readManifest)(subject, digest, cancel)),
        );
        for (const descriptor of found) {
          if (
            descriptor === undefined ||
            (artifactType !== undefined && descriptor.artifactType !== artifactType)
          )
            continue;
          size += JSON.stringify(descriptor).length;
          const last = items.at(-1);
          if (last !== undefined && (items.length === limit || size > maxPageSize))
            return { items, next: last.digest };
          items.push(descriptor);
        }
      }
      return { items };
    },

    async add(digest, size, manifest, options) {
      if (manifest.subject === undefined) return;
      const entry = encoder.encode(JSON.stringify(describe(digest, size, manifest)));
      await storage.put(paths.referrer(manifest.subject.digest, digest), entry, options);
    },

    async remove(digest, manifest, options) {
      if (manifest.subject === undefined) return;
      await storage.delete(paths.referrer(manifest.subject.digest, digest), options);
    },
  };
}

function parsed(bytes: Uint8Array): Manifest | undefined {
  try {
    return parseManifest(bytes);
  } catch {
    // Written by a registry that took what we would refuse: it refers to nothing that we could tell.
    return undefined;
  }
}

/** A manifest as referrers lists show it (distribution-spec, "Listing Referrers"). */
function describe(digest: Digest, size: number, manifest: Manifest): Descriptor {
  const artifactType = artifactTypeOf(manifest);
  return {
    mediaType: manifest.mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }),
  };
}

/** The tag under which clients keep the referrers of a subject where a registry does not (distribution-spec, "Referrers Tag Schema"). */
export function fallbackTag(subject: Digest): string {
  const algorithm = algorithmOf(subject).slice(0, 32);
  return `${algorithm}-${encodedOf(subject).slice(0, 64)}`.replaceAll(/[^a-zA-Z0-9._-]/g, '-');
}
