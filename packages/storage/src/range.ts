import type { ReadOptions } from './driver.ts';
import { StorageError } from './storage-error.ts';

/** Some bytes of a file: the first, and the one after the last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Which bytes of a file a read asks for. Never beyond its end; empty where nothing is left.
 *
 * @param size of the file, in bytes.
 * @throws {StorageError} `invalid-range`, when the offset lies beyond the end, or offset or length are no whole numbers from 0.
 */
export function rangeIn(size: number, { offset = 0, length }: ReadOptions, path: string): ByteRange {
  const left = size - offset;
  if (!isCount(offset) || left < 0 || (length !== undefined && !isCount(length))) {
    throw new StorageError('invalid-range', { operation: 'read', path });
  }
  return { start: offset, end: offset + Math.min(left, length ?? left) };
}

/** A length may be said to be without end. */
function isCount(value: number): boolean {
  return value >= 0 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY);
}
