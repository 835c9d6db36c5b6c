import { StorageError } from './storage-error.ts';

const grammar = /^(?:\/[A-Za-z0-9._-]+)+$/;
const dots = /\/\.{1,2}(?:\/|$)/;

/** Longest component of a path, in characters: what file systems take. */
export const maxComponentLength = 255;
/** Longest path, in characters: what object stores take as a key, with room for a prefix. */
export const maxPathLength = 900;

/** Whether a text is a path of the storage contract. */
export function isPath(text: string): boolean {
  if (text.length > maxPathLength || !grammar.test(text) || dots.test(text)) return false;
  return (
    text.length <= maxComponentLength ||
    text.split('/').every((component) => component.length <= maxComponentLength)
  );
}

/**
 * Throws unless a text is a path.
 *
 * @param operation the verb for the message.
 * @throws {StorageError} `invalid-path`.
 */
export function checkPath(text: string, operation: string): void {
  if (!isPath(text)) throw new StorageError('invalid-path', { operation, path: text });
}

/** Like {@link checkPath}, and takes the root `/` too, for lists and stats. */
export function checkDirectory(text: string, operation: string): void {
  if (text !== '/') checkPath(text, operation);
}
