/** What is known of a digest algorithm (image-spec, "Registered algorithms"). */
export interface Algorithm {
  /** Length of the encoded part in lower-case hexadecimal digits. */
  readonly hexLength: number;
}

/** Name of an algorithm of {@link algorithms}. */
export type AlgorithmName = 'sha256' | 'sha512';

/** Algorithms by name. The table is open: functions that take one accept any other that spells digests in lower-case hex. */
export type Algorithms = Readonly<Record<string, Algorithm>>;

/** The algorithms that the image specification registers and this package can compute. */
export const algorithms: Readonly<Record<AlgorithmName, Algorithm>> = {
  sha256: { hexLength: 64 },
  sha512: { hexLength: 128 },
};

/** Whether a word is an algorithm that this package can compute. */
export function isAlgorithmName(word: string): word is AlgorithmName {
  return Object.hasOwn(algorithms, word);
}
