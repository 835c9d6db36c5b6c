import { type Blobs, blobStore } from '@lading/blob-store';
import { type Digest, algorithmOf } from '@lading/digest';
import type { Cancellable } from '@lading/repository';
import type { StorageDriver } from '@lading/storage';
import { concurrently } from './concurrently.ts';
import { type Layout, layout } from './layout.ts';
import { readLink } from './links.ts';
import { type Survey, modifiedOf, statOf, survey } from './survey.ts';
import { repositoriesIn } from './walk.ts';

export interface CollectGarbageOptions extends Cancellable {
  readonly storage: StorageDriver;
  /** Directory of the registry in the storage. Default: `/docker/registry`. */
  readonly root?: string;
  /** Say what would go, and remove nothing. Default: false. */
  readonly dryRun?: boolean;
  /** Remove manifests that no tag reaches: directly, through an index, or as a referrer of one that is kept. Default: false. */
  readonly deleteUntagged?: boolean;
  /** What was written or linked less than so many milliseconds ago stays: a push of it may be under way. Default: one hour. */
  readonly grace?: number;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Told of everything as it goes. Must not throw. */
  readonly onProgress?: (step: GarbageStep) => void;
}

/** A step of a collection; with `dryRun`, what would have been one. */
export type GarbageStep =
  /** A repository has been read. */
  | { readonly kind: 'marked'; readonly repository: string; readonly manifests: number }
  /** A manifest is no longer part of a repository. */
  | { readonly kind: 'manifest-removed'; readonly repository: string; readonly digest: Digest }
  /** A blob is no longer part of a repository: nothing in the registry needs it. */
  | { readonly kind: 'link-removed'; readonly repository: string; readonly digest: Digest }
  /** The bytes of a blob are gone. */
  | { readonly kind: 'blob-removed'; readonly digest: Digest; readonly size: number };

/** What a collection found and did; with `dryRun`, would have done. */
export interface Garbage {
  readonly repositories: number;
  readonly manifests: { readonly kept: number; readonly removed: number };
  readonly links: { readonly removed: number };
  readonly blobs: { readonly kept: number; readonly removed: number };
  /** Freed, in bytes. */
  readonly bytes: number;
}

/**
 * Removes blobs that no manifest needs, with the links that made them part of a repository, and on request manifests that no tag reaches. For a
 * registry that is stopped or takes no pushes.
 *
 * First everything is read, then everything removed: whatever cannot be read ends it before anything is gone. Removal goes manifest, link, bytes, so
 * one that is interrupted leaves nothing that points at nothing, and the next one goes on.
 *
 * @throws {Error} when a manifest cannot be read. Faults of the storage pass as they are.
 */
export async function collectGarbage(options: CollectGarbageOptions): Promise<Garbage> {
  const { storage, dryRun = false, grace = 3_600_000, now = Date.now, onProgress, signal } = options;
  const tree = layout(options.root);
  const blobs = blobStore({ storage, root: tree.blobs });
  const cancel = signal === undefined ? {} : { signal };
  const isYoung = (modified: number): boolean => modified > now() - grace;
  const report = (step: GarbageStep): void => onProgress?.(step);
  const remove = async (path: string): Promise<void> => {
    if (!dryRun) await storage.delete(path, cancel);
  };

  const needed = new Set<Digest>();
  const dead: DeadManifest[] = [];
  const names: string[] = [];
  let kept = 0;
  for await (const { name } of repositoriesIn(storage, tree, cancel)) {
    names.push(name);
    const found = await survey(storage, blobs, tree, name, cancel);
    const alive = reachable(found, (modified) => options.deleteUntagged !== true || isYoung(modified));
    for (const digest of alive) {
      needed.add(digest);
      for (const content of found.references.get(digest)?.content ?? []) needed.add(content);
    }
    kept += alive.size;
    dead.push(...(await deadOf(found, alive, storage, tree, cancel)));
    report({ kind: 'marked', repository: name, manifests: alive.size });
  }
  const links = await linksTo(storage, tree, names, needed, isYoung, cancel);
  const found = await sortBlobs(
    storage,
    blobs,
    tree,
    (digest) => needed.has(digest) || links.held.has(digest),
    isYoung,
    cancel,
  );

  const removeManifest = async ({ repository, digest, paths }: DeadManifest): Promise<void> => {
    for (const path of paths) await remove(path);
    report({ kind: 'manifest-removed', repository, digest });
  };
  const doomedLinks = links.loose.filter(({ target }) => found.doomed.has(target));
  await concurrently(dead, removeManifest, signal);
  await concurrently(
    doomedLinks,
    async ({ repository, digest }) => {
      await remove(tree.repository(repository).layer(digest));
      report({ kind: 'link-removed', repository, digest });
    },
    signal,
  );
  await concurrently(
    found.doomed,
    async ([digest, size]) => {
      if (!dryRun) await blobs.delete(digest, cancel);
      report({ kind: 'blob-removed', digest, size });
    },
    signal,
  );
  return {
    repositories: names.length,
    manifests: { kept, removed: dead.length },
    links: { removed: doomedLinks.length },
    blobs: { kept: found.kept, removed: found.doomed.size },
    bytes: [...found.doomed.values()].reduce((sum, size) => sum + size, 0),
  };
}

/** A manifest that goes, and everything of it in the repository, in the order in which it goes. */
interface DeadManifest {
  readonly repository: string;
  readonly digest: Digest;
  readonly paths: readonly string[];
}

/** The manifests of a repository that stay: from the tags, and others that are to be kept, through indexes and to referrers. */
function reachable(found: Survey, keep: (modified: number) => boolean): Set<Digest> {
  const alive = new Set<Digest>();
  const kept = [...found.revisions].filter(([, modified]) => keep(modified)).map(([digest]) => digest);
  const open = [...found.tagged, ...kept];
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    if (alive.has(digest)) continue;
    alive.add(digest);
    const below =
      found.references.get(digest)?.content.filter((content) => found.revisions.has(content)) ?? [];
    open.push(...below, ...(found.referrers.get(digest) ?? []));
  }
  return alive;
}

async function deadOf(
  found: Survey,
  alive: ReadonlySet<Digest>,
  storage: StorageDriver,
  tree: Layout,
  options: Cancellable,
): Promise<DeadManifest[]> {
  const dead = [...found.revisions.keys()].filter((digest) => !alive.has(digest));
  if (dead.length === 0) return [];
  const paths = tree.repository(found.repository);
  const entries = new Map<Digest, string[]>(dead.map((digest) => [digest, []]));
  for await (const { name } of storage.list(paths.referrers, { ...options, recursive: true })) {
    const place = tree.locate(`${paths.referrers}/${name}`);
    if (place?.kind === 'referrer') entries.get(place.digest)?.push(`${paths.referrers}/${name}`);
  }
  return dead.map((digest) => ({
    repository: found.repository,
    digest,
    paths: [...(found.history.get(digest) ?? []), ...(entries.get(digest) ?? []), paths.revision(digest)],
  }));
}

interface LooseLinks {
  /** Links that no manifest needs. `target` is the blob that has the bytes. */
  readonly loose: readonly {
    readonly repository: string;
    readonly digest: Digest;
    readonly target: Digest;
  }[];
  /** Blobs that were linked so recently that a manifest may still come, or that are needed under another name. */
  readonly held: ReadonlySet<Digest>;
}

async function linksTo(
  storage: StorageDriver,
  tree: Layout,
  repositories: readonly string[],
  needed: ReadonlySet<Digest>,
  isYoung: (modified: number) => boolean,
  options: Cancellable,
): Promise<LooseLinks> {
  const loose: { repository: string; digest: Digest; target: Digest }[] = [];
  const held = new Set<Digest>();
  for (const repository of repositories) {
    const paths = tree.repository(repository);
    for await (const entry of storage.list(paths.layers, { ...options, recursive: true })) {
      const path = `${paths.layers}/${entry.name}`;
      const place = tree.locate(path);
      if (place?.kind !== 'layer') continue;
      const { digest } = place;
      // A link that Distribution wrote under another algorithm holds the digest that keeps the bytes.
      const target =
        algorithmOf(digest) === 'sha256' ? digest : ((await readLink(storage, path, options)) ?? digest);
      if (needed.has(digest) || isYoung(await modifiedOf(storage, path, entry, options))) held.add(target);
      else loose.push({ repository, digest, target });
    }
  }
  return { loose, held };
}

async function sortBlobs(
  storage: StorageDriver,
  blobs: Blobs,
  tree: Layout,
  isNeeded: (digest: Digest) => boolean,
  isYoung: (modified: number) => boolean,
  options: Cancellable,
): Promise<{ readonly kept: number; readonly doomed: ReadonlyMap<Digest, number> }> {
  const doomed = new Map<Digest, number>();
  let kept = 0;
  for await (const { name } of storage.list(tree.blobs, { ...options, recursive: true })) {
    const place = tree.locate(`${tree.blobs}/${name}`);
    if (place?.kind !== 'blob') continue;
    const file = isNeeded(place.digest)
      ? undefined
      : await statOf(storage, blobs.pathOf(place.digest), options);
    if (file === undefined || isYoung(file.modified)) kept += 1;
    else doomed.set(place.digest, file.size);
  }
  return { kept, doomed };
}
