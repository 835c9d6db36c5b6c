import type { Digest } from '@lading/digest';
import type { Manifest } from '@lading/manifest';

/** A manifest on its way in, which is valid and whole. */
export interface PolicySubject {
  readonly repository: string;
  readonly digest: Digest;
  readonly manifest: Manifest;
  readonly tags: readonly string[];
}

/** May this manifest in? Refuses by rejecting with a `RegistryError`, such as DENIED or MANIFEST_INVALID with the reason. */
export type Policy = (subject: PolicySubject) => Promise<void>;
