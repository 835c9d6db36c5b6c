import { type ErrorEntry, fromEntries } from '@lading/errors';
import {
  type Manifest,
  type ManifestReference,
  isImageMediaType,
  isIndexMediaType,
  isNonDistributable,
  referencesOf,
} from '@lading/manifest';
import type { Digest } from '@lading/digest';
import { concurrently } from './concurrently.ts';

/** Where to look for what a manifest points at. */
export interface Shelves {
  readonly hasBlob: (digest: Digest) => Promise<boolean>;
  readonly hasManifest: (digest: Digest) => Promise<boolean>;
}

/** Whether a manifest may be pushed without what this reference points at. */
export type MayBeMissing = (reference: ManifestReference) => boolean;

/** Looks up everything that a manifest points at. Rejects with one MANIFEST_BLOB_UNKNOWN for each that is missing, all of them at once. */
export async function checkReferences(
  manifest: Manifest,
  mayBeMissing: MayBeMissing,
  { hasBlob, hasManifest }: Shelves,
  signal?: AbortSignal,
): Promise<void> {
  const references = new Map<Digest, ManifestReference>();
  for (const reference of referencesOf(manifest)) {
    if (!isNonDistributable(reference.descriptor.mediaType) && !mayBeMissing(reference))
      references.set(reference.descriptor.digest, reference);
  }
  const missing: ManifestReference[] = [];
  const look = async (reference: ManifestReference): Promise<void> => {
    const { role, descriptor } = reference;
    const here =
      role === 'manifest' ? await hasManifest(descriptor.digest) : await hasBlob(descriptor.digest);
    // BuildKit keeps its cache as an index of layers.
    const asBlob =
      !here &&
      role === 'manifest' &&
      !isManifestMediaType(descriptor.mediaType) &&
      (await hasBlob(descriptor.digest));
    if (!here && !asBlob) missing.push(reference);
  };
  await concurrently(references.values(), look, signal);
  if (missing.length > 0) throw fromEntries(missing.map(toEntry));
}

function isManifestMediaType(mediaType: string): boolean {
  return isImageMediaType(mediaType) || isIndexMediaType(mediaType);
}

function toEntry({ role, descriptor: { digest, mediaType } }: ManifestReference): ErrorEntry {
  return {
    code: 'MANIFEST_BLOB_UNKNOWN',
    message: `the ${role} ${digest} is not in this repository`,
    detail: { role, digest, mediaType },
  };
}
