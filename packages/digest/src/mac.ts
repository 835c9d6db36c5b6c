/** Signs bytes with a key, and checks signatures. */
export interface Mac {
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** In time that does not depend on where they differ. */
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;
}

/** HMAC-SHA-256 (RFC 2104) under a key of 32 bytes: signatures of 32 bytes. */
export type CreateMac = (key: Uint8Array) => Promise<Mac>;
