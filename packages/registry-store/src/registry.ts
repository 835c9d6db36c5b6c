import {
  type Blobs,
  type RunningHashes,
  type UploadKeys,
  blobStore,
  runningHashes,
  storedKeys,
} from '@lading/blob-store';
import { RegistryError } from '@lading/errors';
import { isName } from '@lading/reference';
import type { Policy, Registry, Repository } from '@lading/repository';
import type { StorageDriver } from '@lading/storage';
import { catalogIndex } from './catalog-index.ts';
import { translated } from './faults.ts';
import { layout } from './layout.ts';
import type { MayBeMissing } from './references.ts';
import { type RepositoryParts, createRepository } from './repository.ts';
import { tagLists } from './tag-lists.ts';

export interface RegistryStoreOptions {
  /** Where everything lies. */
  readonly storage: StorageDriver;
  /** Directory of the registry in the storage. Default: `/docker/registry`, where CNCF Distribution has it. */
  readonly root?: string;
  /** Content, over the same storage; perhaps behind a cache. Default: `blobStore` in `<root>/v2/blobs`. */
  readonly blobs?: Blobs;
  /** Keys that sign upload sessions. Default: a random secret that is made once under `<root>/lading/keys/uploads`. */
  readonly keys?: UploadKeys;
  /** Asked in this order about each manifest that is whole and valid, before it is stored. Default: none. */
  readonly policies?: readonly Policy[];
  /**
   * Which references may be missing when their manifest is pushed: `({ role }) => role === 'manifest'` allows sparse indexes. Layers that may not
   * be distributed may always be. Default: no others.
   */
  readonly mayBeMissing?: MayBeMissing;
  /** How uploads behave; see `@lading/blob-store`. */
  readonly uploads?: UploadBehaviour;
}

/** What a registry tells the uploads of all its repositories. */
export interface UploadBehaviour {
  /** How long a session holds, in milliseconds; less than the age at which uploads are purged. Default: six days. */
  readonly lifetime?: number;
  /** How long storing goes on for bytes whose sender has left, in milliseconds. Default: 5000. */
  readonly grace?: number;
  /** Hashes under way. Default: the registry's own. */
  readonly running?: RunningHashes;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Runs what nobody waits for. Default: at once. */
  readonly later?: (work: () => Promise<void>) => void;
}

/** How many repositories keep their functions from one request to the next. */
const kept = 1000;

/**
 * A registry whose names and bytes lie in a storage, in the tree of CNCF Distribution. It keeps nothing that another process would have to know: any
 * number of them may serve the same storage.
 */
export function registryStore(options: RegistryStoreOptions): Registry {
  const { storage, policies = [], mayBeMissing = never } = options;
  const tree = layout(options.root);
  const catalog = catalogIndex(storage, tree);
  const parts: RepositoryParts = {
    storage,
    layout: tree,
    catalog,
    lists: tagLists(storage),
    policies,
    mayBeMissing,
    blobs: options.blobs ?? blobStore({ storage, root: tree.blobs }),
    keys: options.keys ?? storedKeys(storage, tree.uploadKeys),
    uploads: { running: runningHashes(), ...options.uploads },
    mediaTypes: new Map(),
  };
  // They hold no state: only the work of making their functions again is spared.
  const repositories = new Map<string, Repository>();
  return {
    repository(name) {
      const before = repositories.get(name);
      if (before !== undefined) return before;
      if (!isName(name)) throw new RegistryError('NAME_INVALID', { detail: { name } });
      const repository = createRepository(name, parts);
      if (repositories.size >= kept) repositories.clear();
      repositories.set(name, repository);
      return repository;
    },
    repositories: translated(catalog.list),
  };
}

function never(): boolean {
  return false;
}
