import { isName } from '@lading/reference';
import type { Cancellable } from '@lading/repository';
import type { StorageDriver } from '@lading/storage';
import { concurrently } from './concurrently.ts';
import type { Layout } from './layout.ts';

/** A directory of the tree that is a repository. */
export interface FoundRepository {
  readonly name: string;
  /** Its directories: `_manifests`, `_layers`, `_uploads`, `_referrers`; some may be missing. */
  readonly rooms: ReadonlySet<string>;
}

/** Every repository of the storage, one level of the tree after the other: also those that hold uploads or blobs alone. In no order. */
export async function* repositoriesIn(
  storage: StorageDriver,
  layout: Layout,
  options?: Cancellable,
): AsyncGenerator<FoundRepository, void, undefined> {
  for (let level = ['']; level.length > 0;) {
    const below: string[] = [];
    const found: FoundRepository[] = [];
    const look = async (name: string): Promise<void> => {
      const rooms = new Set<string>();
      const directory = name === '' ? layout.repositories : `${layout.repositories}/${name}`;
      for await (const entry of storage.list(directory, options)) {
        const path = name === '' ? entry.name : `${name}/${entry.name}`;
        if (entry.kind !== 'directory') continue;
        if (entry.name.startsWith('_')) rooms.add(entry.name);
        else if (isName(path)) below.push(path);
      }
      if (rooms.size > 0 && name !== '') found.push({ name, rooms });
    };
    await concurrently(level, look, options?.signal);
    yield* found;
    level = below;
  }
}
