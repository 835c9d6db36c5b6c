import { type Blobs, type UploadKeys, uploads } from '@lading/blob-store';
import type { Policy, Repository } from '@lading/repository';
import type { StorageDriver } from '@lading/storage';
import { linkedBlobs } from './blobs.ts';
import type { CatalogIndex } from './catalog-index.ts';
import { translated } from './faults.ts';
import type { Layout } from './layout.ts';
import { linkTo } from './links.ts';
import { type MediaTypes, manifestReader } from './manifest-reader.ts';
import { manifestWriter } from './manifests.ts';
import type { MayBeMissing } from './references.ts';
import { repositoryReferrers } from './referrers.ts';
import type { UploadBehaviour } from './registry.ts';
import type { TagLists } from './tag-lists.ts';
import { repositoryTags } from './tags.ts';

/** What all repositories of a registry share. */
export interface RepositoryParts {
  readonly storage: StorageDriver;
  readonly layout: Layout;
  readonly blobs: Blobs;
  readonly keys: UploadKeys;
  readonly catalog: CatalogIndex;
  readonly lists: TagLists;
  readonly policies: readonly Policy[];
  readonly mayBeMissing: MayBeMissing;
  readonly uploads: UploadBehaviour;
  readonly mediaTypes: MediaTypes;
}

/** One repository: its parts put together, and the faults of the storage told in the language of registries. */
export function createRepository(name: string, parts: RepositoryParts): Repository {
  const { storage, layout, blobs, keys, catalog, lists } = parts;
  const paths = layout.repository(name);
  const sessions = uploads({
    ...parts.uploads,
    storage,
    blobs,
    keys,
    repository: name,
    directory: paths.uploads,
    link: async (digest, options) => {
      await storage.put(paths.layer(digest), linkTo(digest), options);
    },
  });
  const linked = linkedBlobs({ storage, blobs, layout, paths, uploads: sessions });
  const tags = repositoryTags({ storage, paths, repository: name, catalog, lists });
  const referrers = repositoryReferrers({ storage, blobs, paths, tags });
  const reader = manifestReader({ ...parts, paths, tags });
  const writer = manifestWriter({ ...parts, paths, repository: name, tags, referrers });
  const { url } = linked;
  return {
    name,
    blobs: {
      stat: translated(linked.stat),
      read: translated(linked.read),
      ...(url === undefined ? {} : { url: translated(url) }),
      delete: translated(linked.delete),
      mount: translated(linked.mount),
    },
    uploads: {
      create: translated(sessions.create),
      status: translated(sessions.status),
      append: translated(sessions.append),
      commit: translated(sessions.commit),
      cancel: translated(sessions.cancel),
    },
    manifests: {
      stat: translated(reader.stat),
      get: translated(reader.get),
      put: translated(writer.put),
      delete: translated(writer.delete),
    },
    tags: { list: translated(tags.list), delete: translated(tags.delete), set: translated(writer.set) },
    referrers: translated(referrers.list),
  };
}
