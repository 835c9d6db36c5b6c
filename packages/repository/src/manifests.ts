import type { Digest } from '@lading/digest';
import type { Cancellable } from './page.ts';

/** What is known of a manifest. */
export interface ManifestInfo {
  readonly mediaType: string;
  /** The digest asked for, or the one a tag points at. */
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

/** A manifest with its bytes, exactly as they were received. Shared with a cache: not to be changed. */
export interface StoredManifest extends ManifestInfo {
  readonly bytes: Uint8Array;
}

/** The manifests of a repository, to read: by digest or by tag. Reject with MANIFEST_UNKNOWN where there is none. */
export interface ManifestReader {
  readonly stat: (reference: string, options?: Cancellable) => Promise<ManifestInfo>;
  readonly get: (reference: string, options?: Cancellable) => Promise<StoredManifest>;
}

/** The condition under which a tag may be set; else the push is refused with status 412 and nothing is changed. */
export type TagCondition =
  /** The tag does not exist (`If-None-Match: *`). */
  | { readonly kind: 'absent' }
  /** The tag exists (`If-Match: *`). */
  | { readonly kind: 'present' }
  /** The tag points at one of these (`If-Match: "sha256:…"`). */
  | { readonly kind: 'digest'; readonly digests: readonly Digest[] }
  /** The tag does not point at any of these (`If-None-Match: "sha256:…"`). */
  | { readonly kind: 'not-digest'; readonly digests: readonly Digest[] };

export interface PutManifestOptions extends Cancellable {
  /** What the bytes must have, else DIGEST_INVALID; its algorithm is the one the manifest is stored under. Default: any, as sha256. */
  readonly digest?: Digest;
  /** Tags to point at it, last and in this order. Default: none. */
  readonly tags?: readonly string[];
  /** Holds for every one of `tags`. Atomic, or UNSUPPORTED with status 501 where the storage cannot. */
  readonly condition?: TagCondition;
}

/** A manifest that was stored. */
export interface PutManifest extends ManifestInfo {
  /** Digest of its subject, where it has one (`OCI-Subject`). */
  readonly subject?: Digest;
}

/** The manifests of a repository, to change. */
export interface ManifestWriter {
  /**
   * Stores a manifest and then points tags at it. Rejects with MANIFEST_INVALID, naming all problems, or with one
   * MANIFEST_BLOB_UNKNOWN for each missing reference. The bytes are only lent.
   *
   * @param contentType what the sender said the bytes are; see `parseManifest`.
   */
  readonly put: (
    bytes: Uint8Array,
    contentType: string | undefined,
    options?: PutManifestOptions,
  ) => Promise<PutManifest>;
  /** Takes a manifest, and every tag that points at it, out of the repository. Rejects with MANIFEST_UNKNOWN where there is none. */
  readonly delete: (digest: Digest, options?: Cancellable) => Promise<void>;
}
