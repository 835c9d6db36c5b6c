import { type Hash, createHash } from 'node:crypto';
import type { AlgorithmName } from './algorithm.ts';
import { createPortableHasher } from './hash-portable.ts';
import type { Hasher, HasherOptions } from './hasher.ts';

/**
 * The runtime's own hash where the state need not leave the process, else the portable one; and the runtime's again
 * where WebAssembly may not be compiled (workerd).
 */
export async function createNodeHasher(
  algorithm: AlgorithmName,
  options: HasherOptions = {},
): Promise<Hasher> {
  if (options.state !== undefined) return createPortableHasher(algorithm, options);
  if (options.resumable !== true) return wrap(algorithm, createHash(algorithm));
  try {
    return await createPortableHasher(algorithm, options);
  } catch {
    // No WebAssembly here.
    return wrap(algorithm, createHash(algorithm));
  }
}

function wrap(algorithm: AlgorithmName, hash: Hash): Hasher {
  return {
    algorithm,
    update(chunk) {
      hash.update(chunk);
    },
    digest: () => `${algorithm}:${hash.copy().digest('hex')}`,
    copy: () => wrap(algorithm, hash.copy()),
  };
}
