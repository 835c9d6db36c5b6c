import type { Digest } from '@lading/digest';

/** Where an image of an index runs (image-spec, "Image Index": `platform`). */
export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
  readonly variant?: string;
}

/** What content is, not where (image-spec, "OCI Content Descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** The content itself, in base64. */
  readonly data?: string;
  readonly artifactType?: string;
  readonly platform?: Platform;
}
