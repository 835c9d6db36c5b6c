import type { Digest } from '@lading/digest';
import type { Descriptor } from '@lading/manifest';
import type { Page, PageOptions } from './page.ts';

export interface ReferrersOptions extends PageOptions {
  /** Only those of this artifact type. Default: all. */
  readonly artifactType?: string;
}

/**
 * The manifests of the repository whose `subject` is the given one, as descriptors with their `artifactType` and annotations, in
 * the order of their digests. An unknown subject has none (distribution-spec, "Listing Referrers").
 */
export type Referrers = (subject: Digest, options?: ReferrersOptions) => Promise<Page<Descriptor>>;
