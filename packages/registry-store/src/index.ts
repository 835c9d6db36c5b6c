/**
 * A `Registry` on a storage driver: names, links, manifests, tags, referrers, garbage collection.
 *
 * @module
 */
export { registryStore } from './registry.ts';
export type { RegistryStoreOptions, UploadBehaviour } from './registry.ts';
export type { MayBeMissing } from './references.ts';
export { defaultRoot, layout } from './layout.ts';
export type { Layout, Place, RepositoryLayout } from './layout.ts';
