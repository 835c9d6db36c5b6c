/** Media types of manifests, configurations and layers (image-spec, "Media Types"; Docker's image manifest v2, schema 2). */
export const mediaTypes = {
  ociImage: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  dockerImage: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerForeignLayer: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSignedSchema1: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
} as const;

/** Media types of the manifests that {@link parseManifest} reads. */
export type ManifestMediaType =
  | typeof mediaTypes.ociImage
  | typeof mediaTypes.ociIndex
  | typeof mediaTypes.dockerImage
  | typeof mediaTypes.dockerList;

const images: ReadonlySet<string> = new Set([mediaTypes.ociImage, mediaTypes.dockerImage]);
const indexes: ReadonlySet<string> = new Set([mediaTypes.ociIndex, mediaTypes.dockerList]);

export function isImageMediaType(mediaType: string): mediaType is ManifestMediaType {
  return images.has(mediaType);
}

export function isIndexMediaType(mediaType: string): mediaType is ManifestMediaType {
  return indexes.has(mediaType);
}

/**
 * Whether a layer of this type may be missing from a registry: its bytes may not be redistributed
 * (image-spec, "Non-Distributable Layers").
 */
export function isNonDistributable(mediaType: string): boolean {
  return (
    mediaType === mediaTypes.dockerForeignLayer ||
    mediaType.startsWith('application/vnd.oci.image.layer.nondistributable.')
  );
}

/** A media type without its parameters, in lower case: `Text/Plain; charset=utf-8` is `text/plain`. */
export function essenceOf(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}
