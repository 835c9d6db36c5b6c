/**
 * `Digest`: its grammar; hashing one-shot, streaming and resumable; verifying a stream; sha256 and sha512.
 *
 * @module
 */
import type { AlgorithmName } from './algorithm.ts';
import type { Digest } from './digest.ts';
import { createPortableHasher } from './hash-portable.ts';
import type { CreateHasher } from './hasher.ts';
import { createPortableMac } from './mac-portable.ts';
import type { CreateMac } from './mac.ts';
import { type Verified, createVerified } from './verified.ts';

export { algorithms, isAlgorithmName } from './algorithm.ts';
export type { Algorithm, AlgorithmName, Algorithms } from './algorithm.ts';
export {
  algorithmOf,
  computableAlgorithmOf,
  encodedOf,
  isDigest,
  isDigestShaped,
  parseDigest,
} from './digest.ts';
export type { Digest } from './digest.ts';
export type { CreateHasher, Hasher, HasherOptions } from './hasher.ts';
export type { CreateMac, Mac } from './mac.ts';
export { MismatchError, isMismatchError } from './verified.ts';
export type { Verified, VerifyOptions } from './verified.ts';

export const createHasher: CreateHasher = createPortableHasher;
export const createMac: CreateMac = createPortableMac;
export const verified: Verified = createVerified(createPortableHasher);

/** The digest of bytes that are all there. */
export async function digestOf(bytes: Uint8Array, algorithm: AlgorithmName = 'sha256'): Promise<Digest> {
  const hasher = await createPortableHasher(algorithm);
  hasher.update(bytes);
  return hasher.digest();
}
