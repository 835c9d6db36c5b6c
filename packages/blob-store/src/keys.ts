import type { StorageDriver } from '@lading/storage';

/** Keys that sign upload sessions: the first signs, all verify. Looked up again when a session names one that is not known. */
export interface UploadKeys {
  readonly current: () => Promise<UploadKey>;
  /** The key of an id, or `undefined` when there is none. */
  readonly find: (id: string) => Promise<UploadKey | undefined>;
}

export interface UploadKey {
  /** Names the key in a session; derived from it, and tells nothing of it. */
  readonly id: string;
  /** HMAC-SHA-256, derived for this purpose alone. */
  readonly key: CryptoKey;
}

/** Keys from secrets of the configuration. The first signs, all verify, so that one can be replaced without breaking uploads. */
export declare function secretKeys(secrets: readonly string[]): UploadKeys;
/** Keys from a random secret that is made once under `path` in the storage, so that all nodes on it agree. */
export declare function storedKeys(storage: StorageDriver, path: string): UploadKeys;
