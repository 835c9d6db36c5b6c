import type { Digest } from '@lading/digest';
import type { Cancellable, Page, PageOptions } from './page.ts';

/** The tags of a repository, to read. What a tag points at is told by `manifests.stat`. */
export interface TagReader {
  /** Tags in the order of the specification: ASCII, byte by byte. NAME_UNKNOWN where there is no such repository. */
  readonly list: (options?: PageOptions) => Promise<Page<string>>;
}

/** The tags of a repository, to change. */
export interface TagWriter {
  /** Removes a tag and leaves its manifest. Rejects with MANIFEST_UNKNOWN where there is none. */
  readonly delete: (tag: string, options?: Cancellable) => Promise<void>;
  /** Points a tag at a manifest that is there. Absent where only a push can (HTTP). */
  readonly set?: (tag: string, digest: Digest, options?: Cancellable) => Promise<void>;
}
