import type { Cancellable, Page, PageOptions } from '@lading/repository';
import { type StorageDriver, isStorageError } from '@lading/storage';
import { concurrently } from './concurrently.ts';
import { type Layout, unescapeName } from './layout.ts';
import { pageOf } from './page.ts';
import { repositoriesIn } from './walk.ts';

/**
 * The names of all repositories in one directory, so that a page of the catalog is a page of one list and not a walk through the tree. A name is
 * written before the repository's first manifest and never removed.
 */
export interface CatalogIndex {
  readonly add: (name: string, options?: Cancellable) => Promise<void>;
  readonly has: (name: string, options?: Cancellable) => Promise<boolean>;
  readonly list: (options?: PageOptions) => Promise<Page<string>>;
}

/** How many names a process remembers to have seen in the index. */
const remembered = 10_000;
const encoder = new TextEncoder();

export function catalogIndex(storage: StorageDriver, layout: Layout): CatalogIndex {
  // Entries are never removed, so this needs no invalidation.
  const known = new Set<string>();

  const has = async (name: string, options?: Cancellable): Promise<boolean> => {
    if (known.has(name)) return true;
    try {
      await storage.stat(layout.catalogEntry(name), options);
    } catch (error) {
      if (isStorageError(error, 'not-found')) return false;
      throw error;
    }
    remember(name);
    return true;
  };

  const remember = (name: string): void => {
    if (known.size >= remembered) known.clear();
    known.add(name);
  };

  return {
    has,
    async add(name, options) {
      if (await has(name, options)) return;
      await storage.put(layout.catalogEntry(name), encoder.encode(name), options);
      remember(name);
    },
    async list(options = {}) {
      const cancel = options.signal === undefined ? undefined : { signal: options.signal };
      const found = await read(storage, layout, cancel);
      const names = found.complete ? found.names : await rebuild(storage, layout, cancel);
      return pageOf(names.sort(), options);
    },
  };
}

/**
 * Writes an entry for every repository that holds a manifest: for a directory that another registry wrote or writes. Safe beside pushes.
 *
 * @returns all names of the index, in no order.
 */
export async function rebuild(
  storage: StorageDriver,
  layout: Layout,
  options?: Cancellable,
): Promise<string[]> {
  const { names } = await read(storage, layout, options);
  const all = new Set(names);
  const missing: string[] = [];
  for await (const { name, rooms } of repositoriesIn(storage, layout, options)) {
    if (rooms.has('_manifests') && !all.has(name)) missing.push(name);
  }
  await concurrently(
    missing,
    async (name) => {
      await storage.put(layout.catalogEntry(name), encoder.encode(name), options);
      all.add(name);
    },
    options?.signal,
  );
  await storage.put(layout.catalogComplete, new Uint8Array(), options);
  return [...all];
}

async function read(
  storage: StorageDriver,
  layout: Layout,
  options?: Cancellable,
): Promise<{ names: string[]; complete: boolean }> {
  const names: string[] = [];
  let complete = false;
  for await (const entry of storage.list(layout.catalog, { ...options, recursive: true })) {
    const name = unescapeName(entry.name);
    if (name !== undefined) names.push(name);
    else complete ||= layout.catalogComplete.endsWith(`/${entry.name}`);
  }
  return { names, complete };
}
