import type { Blobs } from '@lading/blob-store';
import type { Digest } from '@lading/digest';
import type { Cancellable } from '@lading/repository';
import { type Entry, type StorageDriver, isStorageError } from '@lading/storage';
import { concurrently } from './concurrently.ts';
import type { Layout } from './layout.ts';
import { readLink } from './links.ts';
import { type StoredReferences, storedReferences } from './stored-references.ts';

/** The manifests of a repository, and what points at what. */
export interface Survey {
  readonly repository: string;
  /** What the tags point at. */
  readonly tagged: ReadonlySet<Digest>;
  /** Each manifest that is part of the repository, with when it became so, in milliseconds since 1970. */
  readonly revisions: ReadonlyMap<Digest, number>;
  /** What each manifest points at: of all revisions, and of what else a tag points at. */
  readonly references: ReadonlyMap<Digest, StoredReferences>;
  /** The manifests whose subject is this one. */
  readonly referrers: ReadonlyMap<Digest, readonly Digest[]>;
  /** Paths of what a tag once pointed at, by digest. */
  readonly history: ReadonlyMap<Digest, readonly string[]>;
}

/**
 * Reads all manifests of a repository.
 *
 * @throws {Error} when one cannot be read: what it needs is then not known, and might be taken for garbage.
 */
export async function survey(
  storage: StorageDriver,
  blobs: Blobs,
  layout: Layout,
  repository: string,
  options: Cancellable = {},
): Promise<Survey> {
  const paths = layout.repository(repository);
  const revisions = new Map<Digest, number>();
  const history = new Map<Digest, string[]>();
  const links: string[] = [];
  for await (const entry of storage.list(paths.manifests, { ...options, recursive: true })) {
    const path = `${paths.manifests}/${entry.name}`;
    const place = layout.locate(path);
    if (place?.kind === 'revision')
      revisions.set(place.digest, await modifiedOf(storage, path, entry, options));
    if (place?.kind === 'tag') links.push(path);
    if (place?.kind === 'tag-history') gather(history, place.digest, path);
  }
  const tagged = new Set<Digest>();
  const readTag = async (path: string): Promise<void> => {
    const digest = await readLink(storage, path, options);
    if (digest !== undefined) tagged.add(digest);
  };
  await concurrently(links, readTag, options.signal);

  const references = new Map<Digest, StoredReferences>();
  const referrers = new Map<Digest, Digest[]>();
  const readManifest = async (digest: Digest): Promise<void> => {
    const found = await read(blobs, repository, digest, options);
    references.set(digest, found);
    if (found.subject !== undefined) gather(referrers, found.subject, digest);
  };
  await concurrently(new Set([...revisions.keys(), ...tagged]), readManifest, options.signal);
  return { repository, tagged, revisions, references, referrers, history };
}

async function read(
  blobs: Blobs,
  repository: string,
  digest: Digest,
  options: Cancellable,
): Promise<StoredReferences> {
  try {
    return storedReferences(await blobs.get(digest, options));
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new Error(
      `Cannot tell what manifest ${digest} of repository "${repository}" needs: it cannot be read`,
      { cause },
    );
  }
}

function gather<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

/** When a listed file was written. One that went meanwhile counts as just written. */
export async function modifiedOf(
  storage: StorageDriver,
  path: string,
  entry: Entry,
  options?: Cancellable,
): Promise<number> {
  if (entry.modified !== undefined) return entry.modified;
  return (await statOf(storage, path, options))?.modified ?? Number.POSITIVE_INFINITY;
}

/** Size and age of a file, or `undefined` when it is none. */
export async function statOf(
  storage: StorageDriver,
  path: string,
  options?: Cancellable,
): Promise<{ readonly size: number; readonly modified: number } | undefined> {
  try {
    const found = await storage.stat(path, options);
    return found.kind === 'file' ? found : undefined;
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined;
    throw error;
  }
}
