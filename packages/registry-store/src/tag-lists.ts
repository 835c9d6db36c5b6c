import { isTag } from '@lading/reference';
import type { Cancellable, Page, PageOptions } from '@lading/repository';
import { type StorageDriver, type Version, isStorageError } from '@lading/storage';
import { pageOf } from './page.ts';

/** The tags of all repositories, in order. */
export interface TagLists {
  /**
   * A page of the tags whose directories lie in this one. While the list stays the same, so does the page, down to its identity: who made an answer of
   * it may keep that.
   */
  readonly page: (directory: string, options: PageOptions) => Promise<Page<string>>;
}

/** A list that was made of a directory when it had this version. */
interface KeptList {
  readonly version: Version;
  readonly names: Promise<readonly string[]>;
  readonly pages: Map<string, Page<string>>;
}

/** Most lists to keep, most tags in one of them, and most pages of one. Together some tens of megabytes at the very most. */
const most = { lists: 100, tags: 10_000, pages: 16 };
/** How often at most a list is made without asking whether the directory has a version, where it had none. */
const longestWait = 64;

/**
 * Lists are made anew each time, unless the driver tells a version of their directory: then one is kept while that stays the same. The storage is
 * asked for it each time, so what another process does shows at once.
 */
export function tagLists(storage: StorageDriver): TagLists {
  const kept = new Map<string, KeptList>();
  // Drivers that tell no versions are asked ever more rarely.
  const patience = { wait: 1, next: 1 };

  const list = async (directory: string, options?: Cancellable): Promise<readonly string[]> => {
    const names: string[] = [];
    for await (const { name, kind } of storage.list(directory, options)) {
      if (kind === 'directory' && isTag(name)) names.push(name);
    }
    return names.sort();
  };

  const versionOf = async (directory: string, options?: Cancellable): Promise<Version | undefined> => {
    const stat = await storage.stat(directory, options);
    return stat.kind === 'directory' ? stat.version : undefined;
  };

  /** The list of a directory that has this version: one that was begun since it was told. */
  const listAt = (directory: string, version: Version): KeptList => {
    const before = kept.get(directory);
    kept.delete(directory);
    const current =
      before?.version === version
        ? before
        : { version, names: list(directory), pages: new Map<string, Page<string>>() };
    kept.set(directory, current);
    for (const oldest of kept.keys()) {
      if (kept.size <= most.lists) break;
      kept.delete(oldest);
    }
    if (current !== before)
      current.names.then(
        (names) => names.length > most.tags && drop(directory, current),
        () => drop(directory, current),
      );
    return current;
  };

  const drop = (directory: string, list: KeptList): void => {
    if (kept.get(directory) === list) kept.delete(directory);
  };

  const fresh = async (
    directory: string,
    options: PageOptions,
    cancel?: Cancellable,
  ): Promise<Page<string>> => pageOf(await list(directory, cancel), options);

  return {
    async page(directory, options) {
      const cancel = options.signal === undefined ? undefined : { signal: options.signal };
      if (!kept.has(directory) && patience.wait > 0) {
        patience.wait -= 1;
        return fresh(directory, options, cancel);
      }
      let version: Version | undefined;
      try {
        version = await versionOf(directory, cancel);
      } catch (error) {
        if (isStorageError(error, 'not-found')) return { items: [] };
        throw error;
      }
      if (version === undefined) {
        kept.delete(directory);
        patience.wait = patience.next;
        patience.next = Math.min(patience.next * 2, longestWait);
        return fresh(directory, options, cancel);
      }
      patience.next = 1;
      const { names, pages } = listAt(directory, version);
      const key = `${options.limit ?? ''} ${options.after ?? ''}`;
      const before = pages.get(key);
      if (before !== undefined) return before;
      const page = pageOf(await names, options);
      if (pages.size >= most.pages) pages.clear();
      pages.set(key, page);
      return page;
    },
  };
}
