import type { ByteStream } from '@lading/bytes';
import { type Digest, computableAlgorithmOf } from './digest.ts';
import type { CreateHasher, Hasher } from './hasher.ts';

const brand: symbol = Symbol.for('@lading/digest/MismatchError');

/** Bytes are not those that their digest or size promised. */
export class MismatchError extends Error {
  override readonly name: string = 'MismatchError';
  /** What was promised: a digest, or a size in bytes. */
  readonly expected: Digest | number;
  /** What the bytes have. */
  readonly actual: Digest | number;

  constructor(expected: Digest | number, actual: Digest | number) {
    super(`Cannot verify content: expected ${expected}, found ${actual}`);
    this.expected = expected;
    this.actual = actual;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether a value is a {@link MismatchError}, also one made by another installed copy of this package. */
export function isMismatchError(value: unknown): value is MismatchError {
  return typeof value === 'object' && value !== null && brand in value;
}

export interface VerifyOptions {
  /** Exactly so many bytes must come. */
  readonly size?: number;
  /** A hasher to go on with, which has seen what came before these bytes. Default: a new one. */
  readonly hasher?: Hasher;
}

/** Binds {@link verified} to a runtime's hasher. */
export type Verified = (stream: ByteStream, expected: Digest, options?: VerifyOptions) => ByteStream;

/**
 * The same stream, which rejects at its end with a {@link MismatchError} unless its bytes have the expected digest and
 * size. So whoever writes it atomically stores nothing wrong. More bytes than `size` reject before they are handed on.
 */
export function createVerified(createHasher: CreateHasher): Verified {
  return async function* verified(stream, expected, options = {}) {
    const hasher = options.hasher ?? (await createHasher(computableAlgorithmOf(expected)));
    let size = 0;
    for await (const chunk of stream) {
      size += chunk.byteLength;
      if (options.size !== undefined && size > options.size) throw new MismatchError(options.size, size);
      hasher.update(chunk);
      yield chunk;
    }
    if (options.size !== undefined && size !== options.size) throw new MismatchError(options.size, size);
    const actual = hasher.digest();
    if (actual !== expected) throw new MismatchError(expected, actual);
  };
}
