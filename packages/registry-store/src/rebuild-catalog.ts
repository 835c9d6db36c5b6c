import type { Cancellable } from '@lading/repository';
import type { StorageDriver } from '@lading/storage';
import { rebuild } from './catalog-index.ts';
import { layout } from './layout.ts';

export interface RebuildCatalogOptions extends Cancellable {
  readonly storage: StorageDriver;
  /** Directory of the registry in the storage. Default: `/docker/registry`. */
  readonly root?: string;
}

/**
 * Writes every repository that holds a manifest into the catalog. It is done by itself the first time the catalog is asked for; again it is only
 * needed when another registry, such as CNCF Distribution, writes the same storage. Safe beside pushes.
 *
 * @returns how many repositories the catalog has.
 */
export async function rebuildCatalog({ storage, root, signal }: RebuildCatalogOptions): Promise<number> {
  const names = await rebuild(storage, layout(root), signal === undefined ? {} : { signal });
  return names.length;
}
