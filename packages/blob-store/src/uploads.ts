import type { Digest } from '@lading/digest';
import type { Cancellable, Uploads } from '@lading/repository';
import type { StorageDriver } from '@lading/storage';
import type { Blobs } from './blobs.ts';
import type { UploadKeys } from './keys.ts';

/** What the uploads of one repository are made of. */
export interface UploadsOptions {
  readonly storage: StorageDriver;
  /** Where committed bytes go. */
  readonly blobs: Blobs;
  /** Name of the repository: a session of another one is unknown here. */
  readonly repository: string;
  /** Directory of the repository's uploads: parts lie under `<directory>/<id>/parts/`. */
  readonly directory: string;
  /** Signs and verifies sessions. */
  readonly keys: UploadKeys;
  /** Makes a stored blob part of the repository. Called on commit, after the bytes are on stable storage. */
  readonly link: (digest: Digest, options?: Cancellable) => Promise<void>;
}

export declare function uploads(options: UploadsOptions): Uploads;
