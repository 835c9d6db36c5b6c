import type { ByteStream } from '@lading/bytes';
import type { AlgorithmName, Digest } from '@lading/digest';
import type { Cancellable } from './page.ts';
import type { Upload } from './uploads.ts';

/** What is known of a blob. A blob has no media type of its own: descriptors that point at it give it one. */
export interface BlobInfo {
  /** The digest that was asked for. */
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

/** A blob, opened. */
export interface OpenBlob extends BlobInfo {
  /** The bytes asked for. Belongs to the caller, who finishes it or calls `return()`. */
  readonly body: ByteStream;
}

/** Bytes of a blob: `length` of them from `offset` on, or to the end. The offset must lie within the blob. */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number;
}

export interface ReadBlobOptions extends Cancellable {
  /** Default: all. A range that begins beyond the end is RANGE_INVALID. */
  readonly range?: ByteRange;
  /** Chunks may be reused: each is valid until the next `next()`. Default: false. */
  readonly recycle?: boolean;
}

export interface BlobUrlOptions extends Cancellable {
  /** `Content-Type` that the link's answer should have. */
  readonly contentType?: string;
}

/** The blobs of a repository, to read. Every function rejects with BLOB_UNKNOWN where the repository has no such blob. */
export interface BlobReader {
  readonly stat: (digest: Digest, options?: Cancellable) => Promise<BlobInfo>;
  /** Opens a blob. Resolves once its first byte can be read. */
  readonly read: (digest: Digest, options?: ReadBlobOptions) => Promise<OpenBlob>;
  /**
   * A link from which a client may GET the blob by itself, or `undefined` when this one should be served here. Absent where
   * the bytes cannot be reached otherwise.
   */
  readonly url?: (digest: Digest, options?: BlobUrlOptions) => Promise<string | undefined>;
}

export interface MountOptions extends Cancellable {
  /** Repository that has the blob. Default: any of this registry; the caller must have made sure that this is allowed. */
  readonly from?: string;
  /** Algorithm of the upload, should it come to that. Default: that of the digest. */
  readonly algorithm?: AlgorithmName;
}

/** How a mount ended: the blob is here now, or it was not found and an upload was begun instead. */
export type Mount =
  | { readonly kind: 'mounted'; readonly blob: BlobInfo }
  | { readonly kind: 'upload'; readonly upload: Upload };

/** The blobs of a repository, to change. */
export interface BlobWriter {
  /** Takes the blob out of this repository. Rejects with BLOB_UNKNOWN where it was not in it. */
  readonly delete: (digest: Digest, options?: Cancellable) => Promise<void>;
  /** Makes a blob of another repository of the same registry part of this one, without copying it. */
  readonly mount: (digest: Digest, options?: MountOptions) => Promise<Mount>;
}
