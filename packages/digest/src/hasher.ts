import type { AlgorithmName } from './algorithm.ts';
import type { Digest } from './digest.ts';

/** A digest being computed. Not for two users at once: {@link Hasher.copy} gives each its own. */
export interface Hasher {
  readonly algorithm: AlgorithmName;
  /** Takes further bytes. The chunk is only lent: it may be reused once this returns. */
  readonly update: (chunk: Uint8Array) => void;
  /** The digest of all bytes so far. Further bytes may follow: a running digest costs about a microsecond. */
  readonly digest: () => Digest;
  /** An independent hasher that has seen the same bytes. */
  readonly copy: () => Hasher;
  /**
   * The state in bytes, from which {@link HasherOptions.state} goes on, in another process too. Absent where the
   * implementation cannot export it. The first four bytes are a fingerprint of the format; a state is no secret, but
   * it must not be taken from who may not be trusted with the digest.
   */
  readonly save?: () => Uint8Array;
}

export interface HasherOptions {
  /**
   * Ask for a hasher that can `save`. It is about five times slower than the native one, and given only where
   * WebAssembly may be compiled; look at `save` to know. Default: false.
   */
  readonly resumable?: boolean;
  /** A saved state to go on from; implies `resumable`. A state of another format or algorithm is a `RangeError`. */
  readonly state?: Uint8Array;
}

/** Makes hashers: the one function in which the runtimes differ. */
export type CreateHasher = (algorithm: AlgorithmName, options?: HasherOptions) => Promise<Hasher>;
