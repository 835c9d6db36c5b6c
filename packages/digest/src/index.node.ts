/**
 * The digest package for runtimes that have `node:crypto`: the same door as the portable one, with native hashing.
 *
 * @module
 */
import type { AlgorithmName } from './algorithm.ts';
import type { Digest } from './digest.ts';
import { createNodeHasher } from './hash-node.ts';
import type { CreateHasher } from './hasher.ts';
import { createNodeMac } from './mac-node.ts';
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

export const createHasher: CreateHasher = createNodeHasher;
export const createMac: CreateMac = createNodeMac;
export const verified: Verified = createVerified(createNodeHasher);

/** The digest of bytes that are all there. */
export async function digestOf(bytes: Uint8Array, algorithm: AlgorithmName = 'sha256'): Promise<Digest> {
  const hasher = await createNodeHasher(algorithm);
  hasher.update(bytes);
  return hasher.digest();
}
