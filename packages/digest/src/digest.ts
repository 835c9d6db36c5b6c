import { type AlgorithmName, type Algorithms, algorithms, isAlgorithmName } from './algorithm.ts';

/** The name of content by its bytes, such as `sha256:e3b0c442…` (image-spec, "Digests"). */
export type Digest = `${string}:${string}`;

const grammar = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const hex = /^[a-f0-9]+$/;

/**
 * Whether a text is a digest of one of the known algorithms, with an encoded part of the right length in lower case.
 *
 * @param known the algorithms that count. Default: {@link algorithms}.
 */
export function isDigest(text: string, known: Algorithms = algorithms): text is Digest {
  const colon = text.indexOf(':');
  if (colon < 1) return false;
  const name = text.slice(0, colon);
  if (!Object.hasOwn(known, name)) return false;
  return text.length - colon - 1 === known[name]?.hexLength && hex.test(text.slice(colon + 1));
}

/** Whether a text follows the grammar of digests, of whatever algorithm. Enough to copy one, not to verify it. */
export function isDigestShaped(text: string): text is Digest {
  return grammar.test(text);
}

/**
 * Reads a digest of a known algorithm.
 *
 * @throws {SyntaxError} when the text is not one.
 */
export function parseDigest(text: string, known: Algorithms = algorithms): Digest {
  if (isDigest(text, known)) return text;
  const why = !isDigestShaped(text)
    ? 'it is not <algorithm>:<hex>'
    : Object.hasOwn(known, text.slice(0, text.indexOf(':')))
      ? 'its encoded part has the wrong length or letters'
      : `its algorithm is none of ${Object.keys(known).join(', ')}`;
  throw new SyntaxError(`Cannot parse digest ${JSON.stringify(text)}: ${why}`);
}

/** The part before the colon, such as `sha256`. */
export function algorithmOf(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':'));
}

/** The part after the colon: lower-case hexadecimal digits for the registered algorithms. */
export function encodedOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/**
 * The algorithm of a digest, as one that this package can compute.
 *
 * @throws {RangeError} when it cannot.
 */
export function computableAlgorithmOf(digest: Digest): AlgorithmName {
  const name = algorithmOf(digest);
  if (isAlgorithmName(name)) return name;
  throw new RangeError(`Cannot compute digest ${JSON.stringify(digest)}: its algorithm is unknown`);
}
