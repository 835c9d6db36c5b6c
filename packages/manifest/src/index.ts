/**
 * Manifests and descriptors: media types; parsing and validating OCI image manifests and indexes, Docker schema 2 and
 * manifest lists; what a manifest points at.
 *
 * @module
 */
export type { Descriptor, Platform } from './descriptor.ts';
export { artifactTypeOf, referencesOf } from './manifest.ts';
export type { ImageManifest, IndexManifest, Manifest, ManifestReference } from './manifest.ts';
export {
  essenceOf,
  isImageMediaType,
  isIndexMediaType,
  isNonDistributable,
  mediaTypes,
} from './media-types.ts';
export type { ManifestMediaType } from './media-types.ts';
export { maxManifestSize, mediaTypeOf, parseManifest } from './parse.ts';
