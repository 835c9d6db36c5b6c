import type { Digest } from '@lading/digest';
import { RegistryError } from '@lading/errors';
import { isTag } from '@lading/reference';
import type { Cancellable, PageOptions, TagCondition, TagReader } from '@lading/repository';
import { type StorageDriver, type StoredFile, isStorageError } from '@lading/storage';
import type { CatalogIndex } from './catalog-index.ts';
import { concurrently } from './concurrently.ts';
import type { RepositoryLayout } from './layout.ts';
import { digestIn, hasLink, linkTo, readLink, readLinkFile } from './links.ts';
import type { TagLists } from './tag-lists.ts';

export interface TagsOptions {
  readonly storage: StorageDriver;
  readonly paths: RepositoryLayout;
  readonly repository: string;
  readonly catalog: CatalogIndex;
  /** Shared by all repositories. */
  readonly lists: TagLists;
}

/** The names of one repository. */
export interface Tags extends TagReader {
  /** What a tag points at: one read of the storage, never cached. */
  readonly digestOf: (tag: string, options?: Cancellable) => Promise<Digest | undefined>;
  /** Points a tag at a manifest, which must be there already. */
  readonly point: (
    tag: string,
    digest: Digest,
    condition?: TagCondition,
    options?: Cancellable,
  ) => Promise<void>;
  /**
   * Throws unless the condition can be guarded here and holds now: a push that must be refused is refused before anything of it is
   * stored.
   */
  readonly expect: (tags: readonly string[], condition: TagCondition, options?: Cancellable) => Promise<void>;
  readonly delete: (tag: string, options?: Cancellable) => Promise<void>;
  /** Deletes every tag that points at a manifest. */
  readonly deleteAll: (digest: Digest, options?: Cancellable) => Promise<void>;
}

/** How often a conditional push tries again when its tag was moved under it, and the condition still holds. */
const attempts = 64;

export function repositoryTags({ storage, paths, repository, catalog, lists }: TagsOptions): Tags {
  const names = async (options?: Cancellable): Promise<string[]> => {
    const found: string[] = [];
    for await (const { name, kind } of storage.list(paths.tags, options)) {
      if (kind === 'directory' && isTag(name)) found.push(name);
    }
    return found;
  };

  const pointIf = async (
    tag: string,
    digest: Digest,
    condition: TagCondition,
    options?: Cancellable,
  ): Promise<void> => {
    const path = paths.tagLink(tag);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const current = await readLinkFile(storage, path, options);
      check(tag, condition, current, path);
      const guard = current === undefined ? { ifAbsent: true } : { ifVersion: current.version };
      try {
        await storage.put(path, linkTo(digest), { ...options, ...guard });
        return;
      } catch (error) {
        // Another push came in between: what it set decides whether the condition still holds.
        if (!isStorageError(error, 'exists', 'changed')) throw error;
      }
    }
    throw new RegistryError('UNAVAILABLE', {
      message: `Cannot set tag "${tag}": others change it all the time`,
      retryAfter: 1,
    });
  };

  /** The name goes first: what is left when this stops half-way is history, which points nobody anywhere. */
  const remove = async (tag: string, options?: Cancellable): Promise<void> => {
    await storage.delete(paths.tagLink(tag), options);
    await forget(tag, options);
  };

  /** Not the whole directory: a push may just have set the tag again. */
  const forget = (tag: string, options?: Cancellable): Promise<void> =>
    storage.delete(paths.tagHistories(tag), options);

  return {
    async list(options: PageOptions = {}) {
      const page = await lists.page(paths.tags, options);
      if (page.items.length > 0 || page.next !== undefined) return page;
      // Nothing after some tag, or nothing at all.
      const cancel = options.signal === undefined ? undefined : { signal: options.signal };
      if (!(await exists(cancel))) throw nameUnknown(repository);
      return page;
    },

    digestOf: (tag, options) => readLink(storage, paths.tagLink(tag), options),

    async point(tag, digest, condition, options) {
      if (condition === undefined) await storage.put(paths.tagLink(tag), linkTo(digest), options);
      else await pointIf(tag, digest, condition, options);
      // Distribution keeps what a tag ever pointed at. It comes after the name, since a tag's directory makes it a tag in lists.
      const history = paths.tagHistory(tag, digest);
      if (await hasLink(storage, history, digest, options)) return;
      await storage.put(history, linkTo(digest), options);
      // A delete that came in between took the name and what history there was; this alone would be listed as a tag for ever.
      if ((await readLinkFile(storage, paths.tagLink(tag), options)) === undefined)
        await forget(tag, options);
    },

    async expect(tags, condition, options) {
      if (tags.length > 1) throw unguarded('several tags cannot be set under one condition');
      if (condition.kind !== 'absent' && !storage.conditional)
        throw unguarded('this storage cannot set tags under a condition');
      for (const tag of tags) {
        const path = paths.tagLink(tag);
        check(tag, condition, await readLinkFile(storage, path, options), path);
      }
    },

    async delete(tag, options) {
      if (!isTag(tag)) throw tagUnknown(tag);
      const current = await readLinkFile(storage, paths.tagLink(tag), options);
      // A tag whose deletion stopped half-way is listed still, so it can be deleted.
      if (current === undefined && !(await anyIn(storage, paths.tag(tag), options))) throw tagUnknown(tag);
      await remove(tag, options);
    },

    async deleteAll(digest, options) {
      const work = async (tag: string): Promise<void> => {
        const current = await readLink(storage, paths.tagLink(tag), options);
        if (current === digest) await remove(tag, options);
        // Somebody stopped half-way through this: the tag would be listed for ever.
        else if (current === undefined) await forget(tag, options);
      };
      await concurrently(await names(options), work, options?.signal);
    },
  };

  async function exists(options?: Cancellable): Promise<boolean> {
    return (await catalog.has(repository, options)) || anyIn(storage, paths.revisions, options);
  }
}

function check(tag: string, condition: TagCondition, file: StoredFile | undefined, path: string): void {
  const current = file === undefined ? undefined : digestIn(file, path);
  if (holds(condition, current)) return;
  const state = current === undefined ? 'it does not exist' : `it points at ${current}`;
  throw new RegistryError('DENIED', {
    status: 412,
    message: `Cannot set tag "${tag}": ${state}`,
    detail: { tag, digest: current },
  });
}

function holds(condition: TagCondition, current: Digest | undefined): boolean {
  switch (condition.kind) {
    case 'absent':
      return current === undefined;
    case 'present':
      return current !== undefined;
    case 'digest':
      return current !== undefined && condition.digests.includes(current);
    case 'not-digest':
      return current === undefined || !condition.digests.includes(current);
  }
}

async function anyIn(storage: StorageDriver, directory: string, options?: Cancellable): Promise<boolean> {
  for await (const _ of storage.list(directory, { ...options, recursive: true })) return true;
  return false;
}

function unguarded(why: string): RegistryError {
  return new RegistryError('UNSUPPORTED', { status: 501, message: `Cannot push under a condition: ${why}` });
}

function nameUnknown(repository: string): RegistryError {
  return new RegistryError('NAME_UNKNOWN', { detail: { name: repository } });
}

function tagUnknown(tag: string): RegistryError {
  return new RegistryError('MANIFEST_UNKNOWN', { detail: { tag } });
}
