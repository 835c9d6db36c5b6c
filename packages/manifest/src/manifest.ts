import type { Descriptor } from './descriptor.ts';
import type { ManifestMediaType } from './media-types.ts';

interface Common {
  readonly mediaType: ManifestMediaType;
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An OCI image manifest or Docker schema 2 (image-spec, "Image Manifest"). */
export interface ImageManifest extends Common {
  readonly kind: 'image';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** An OCI image index or Docker manifest list (image-spec, "Image Index"). */
export interface IndexManifest extends Common {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

/** A manifest as it was read. Never written back: a manifest is served as the bytes that were received. */
export type Manifest = ImageManifest | IndexManifest;

/** What a manifest points at, and as what. */
export interface ManifestReference {
  readonly role: 'config' | 'layer' | 'manifest';
  readonly descriptor: Descriptor;
}

/**
 * All that a manifest needs to be whole: config and layers, or the manifests of an index. The subject is not among them:
 * a manifest may be pushed before what it refers to (distribution-spec, "Pushing Manifests with Subject").
 */
export function referencesOf(manifest: Manifest): ManifestReference[] {
  if (manifest.kind === 'index') {
    return manifest.manifests.map((descriptor) => ({ role: 'manifest', descriptor }));
  }
  const layers = manifest.layers.map((descriptor): ManifestReference => ({ role: 'layer', descriptor }));
  return [{ role: 'config', descriptor: manifest.config }, ...layers];
}

/**
 * The type of artifact a manifest is, as referrers lists give and filter it: its `artifactType`, else for an image the
 * media type of its config (distribution-spec, "Listing Referrers").
 */
export function artifactTypeOf(manifest: Manifest): string | undefined {
  if (manifest.artifactType !== undefined && manifest.artifactType !== '') return manifest.artifactType;
  return manifest.kind === 'image' ? manifest.config.mediaType : undefined;
}
