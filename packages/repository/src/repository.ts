import type { BlobReader, BlobWriter } from './blobs.ts';
import type { ManifestReader, ManifestWriter } from './manifests.ts';
import type { Referrers } from './referrers.ts';
import type { TagReader, TagWriter } from './tags.ts';
import type { Uploads } from './uploads.ts';

/** Names pointing at bytes, to read. */
export interface ReadableRepository {
  readonly name: string;
  readonly blobs: BlobReader;
  readonly manifests: ManifestReader;
  readonly tags: TagReader;
  readonly referrers: Referrers;
}

/** Names pointing at bytes. */
export interface Repository extends ReadableRepository {
  readonly blobs: BlobReader & BlobWriter;
  readonly uploads: Uploads;
  readonly manifests: ManifestReader & ManifestWriter;
  readonly tags: TagReader & TagWriter;
}

/** Whether a repository takes pushes. */
export function isWritable(repository: ReadableRepository): repository is Repository {
  return 'uploads' in repository;
}
