import type { ByteStream } from '@lading/bytes';
import type { AlgorithmName, Digest } from '@lading/digest';
import type { BlobInfo } from './blobs.ts';
import type { Cancellable } from './page.ts';

/** An upload under way, as its latest answer tells it. */
export interface Upload {
  /** Opaque; new with every answer. Give the latest to the next call. Of `[A-Za-z0-9_-]` for a store, a URL for a remote. */
  readonly session: string;
  /** Names the upload to people and in `Docker-Upload-UUID`; the same in every answer. */
  readonly id: string;
  /** Bytes received: where the next chunk begins. */
  readonly offset: number;
  /** Smallest chunk, but for the last, that the other side wants, in bytes (`OCI-Chunk-Min-Length`). */
  readonly minimumChunk?: number;
}

export interface CreateUploadOptions extends Cancellable {
  /** Algorithm of the digest to come, where it is known. Default: `sha256`; another one costs a second pass over the bytes. */
  readonly algorithm?: AlgorithmName;
}

export interface AppendOptions extends Cancellable {
  /** Where the sender believes the upload is: another offset is RANGE_INVALID, before anything is read. Default: wherever it is. */
  readonly offset?: number;
  /** Exactly so many bytes come; fewer keep what came, as do all cut-off bodies. */
  readonly size?: number;
}

export interface CommitOptions extends Cancellable {
  /** Where the sender believes the last bytes begin. */
  readonly offset?: number;
  /** Exactly so many last bytes come, else SIZE_INVALID and the upload is as it was. */
  readonly size?: number;
}

/**
 * Uploads of blobs into a repository. No call needs the process that answered the one before.
 *
 * An unknown, expired or foreign session rejects with BLOB_UPLOAD_UNKNOWN. Streams given here are taken: they are read to
 * their end or ended.
 *
 * `status` and `commit` notice that an upload has ended, but for the same commit again, which may be answered as before. `append` may take
 * bytes that then belong to nothing, and an upload that never had any bytes may leave nothing to cancel.
 */
export interface Uploads {
  readonly create: (options?: CreateUploadOptions) => Promise<Upload>;
  /** Where an upload is, by any session of it that was ever given out: the bytes a cut-off append left are counted. */
  readonly status: (session: string, options?: Cancellable) => Promise<Upload>;
  /**
   * Takes further bytes. When the sender is cut off, what came is kept and the rejection is that of the stream; `status` then
   * tells from where to go on.
   */
  readonly append: (session: string, body: ByteStream, options?: AppendOptions) => Promise<Upload>;
  /**
   * Makes the upload a blob of the repository, after the `last` bytes, if any. Wrong bytes are DIGEST_INVALID, and the upload
   * stays as it was before this call. When it resolves the blob survives a power cut.
   */
  readonly commit: (
    session: string,
    digest: Digest,
    last?: ByteStream,
    options?: CommitOptions,
  ) => Promise<BlobInfo>;
  /** Ends an upload and frees its bytes. */
  readonly cancel: (session: string, options?: Cancellable) => Promise<void>;
}
