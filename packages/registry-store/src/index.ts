/**
 * A `Registry` on a storage driver: names, links, manifests, tags, referrers, garbage collection.
 *
 * @module
 */
export { collectGarbage } from './collect-garbage.ts';
export type { CollectGarbageOptions, Garbage, GarbageStep } from './collect-garbage.ts';
export { defaultRoot, layout } from './layout.ts';
export type { Layout, Place, RepositoryLayout } from './layout.ts';
export { purgeUploads } from './purge-uploads.ts';
export type { PurgeUploadsOptions, PurgedUploads } from './purge-uploads.ts';
export { rebuildCatalog } from './rebuild-catalog.ts';
export type { RebuildCatalogOptions } from './rebuild-catalog.ts';
export type { MayBeMissing } from './references.ts';
export { registryStore } from './registry.ts';
export type { RegistryStoreOptions, UploadBehaviour } from './registry.ts';
