/**
 * The one contract: {@link Registry}, {@link Repository} and their parts. A store, a remote registry over HTTP and an image layout
 * keep it; handlers, copy and garbage collection use it. Types and guards, no implementation.
 *
 * @module
 */
export { formatScope } from './access.ts';
export type { Access, Action, Caller, Decision, Scope } from './access.ts';
export type {
  BlobInfo,
  BlobReader,
  BlobUrlOptions,
  BlobWriter,
  ByteRange,
  Mount,
  MountOptions,
  OpenBlob,
  ReadBlobOptions,
} from './blobs.ts';
export type {
  ManifestInfo,
  ManifestReader,
  ManifestWriter,
  PutManifest,
  PutManifestOptions,
  StoredManifest,
  TagCondition,
} from './manifests.ts';
export type { Cancellable, Page, PageOptions } from './page.ts';
export type { Policy, PolicySubject } from './policy.ts';
export type { Referrers, ReferrersOptions } from './referrers.ts';
export type { Registry } from './registry.ts';
export { isWritable } from './repository.ts';
export type { ReadableRepository, Repository } from './repository.ts';
export type { TagReader, TagWriter } from './tags.ts';
export type { AppendOptions, CommitOptions, CreateUploadOptions, Upload, Uploads } from './uploads.ts';
