/**
 * The grammar of repository names, tags and image references.
 *
 * @module
 */
export { isName, maxNameLength } from './name.ts';
export { formatReference, parseReference } from './reference.ts';
export type { ImageReference } from './reference.ts';
export { isTag } from './tag.ts';
