import { type Digest, isDigest } from '@lading/digest';
import { RegistryError } from '@lading/errors';
import type { TagCondition } from '@lading/repository';

/** The entity tag of content: its digest, which changes whenever a byte does. */
function entityTag(digest: Digest): string {
  return `"${digest}"`;
}

/** How long an answer may be kept: content under its digest never changes, what a tag points at does. */
export type Caching = 'immutable' | 'no-cache';

/** The headers by which content is known again. */
export function validators(digest: Digest, caching: Caching): string[] {
  // prettier-ignore
  return [
    'Docker-Content-Digest', digest,
    'ETag', entityTag(digest),
    'Cache-Control', caching === 'immutable' ? 'max-age=31536000, immutable' : caching,
  ];
}

/** Whether `If-None-Match` names this content, so that it need not be sent again: 304 (RFC 9110, 13.1.2). */
export function matches(ifNoneMatch: string, digest: Digest): boolean {
  return (
    ifNoneMatch === `"${digest}"` ||
    ifNoneMatch.trim() === '*' ||
    tagsOf(ifNoneMatch)?.includes(digest) === true
  );
}

/**
 * Whether a `Range` is to be heeded in view of `If-Range`: only when it names this very content. Dates never do, as
 * content here has none (RFC 9110, 13.1.5).
 */
export function heedsRange(ifRange: string | undefined, digest: Digest): boolean {
  return ifRange === undefined || ifRange.trim() === entityTag(digest);
}

/**
 * The condition of a push by tag, from `If-Match` and `If-None-Match`.
 *
 * @throws {RegistryError} UNSUPPORTED when a header is malformed or both are there: an unguarded push would be worse.
 */
export function tagCondition(
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): TagCondition | undefined {
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw new RegistryError('UNSUPPORTED', {
      status: 400,
      message: 'Cannot push: If-Match and If-None-Match stand side by side',
    });
  }
  if (ifMatch !== undefined) {
    if (ifMatch.trim() === '*') return { kind: 'present' };
    // Weak tags never match strongly (RFC 9110, 13.1.1).
    return { kind: 'digest', digests: digestsOf(ifMatch, 'If-Match', (tag) => !tag.startsWith('W/')) };
  }
  if (ifNoneMatch === undefined) return undefined;
  if (ifNoneMatch.trim() === '*') return { kind: 'absent' };
  return { kind: 'not-digest', digests: digestsOf(ifNoneMatch, 'If-None-Match', () => true) };
}

function digestsOf(header: string, name: string, counts: (tag: string) => boolean): Digest[] {
  const tags = entityTagsOf(header);
  if (tags === undefined) {
    throw new RegistryError('UNSUPPORTED', {
      status: 400,
      message: `Cannot push: ${name} is not a list of entity tags`,
    });
  }
  // What is no digest is the tag of no content here: it can match nothing.
  return tags
    .filter(counts)
    .map(opaqueOf)
    .filter((tag) => isDigest(tag));
}

function tagsOf(header: string): string[] | undefined {
  return entityTagsOf(header)?.map(opaqueOf);
}

const list = /^[\s,]*(?:(?:W\/)?"[^"]*"[\s,]*)+$/;

function entityTagsOf(header: string): string[] | undefined {
  // Some clients forget the quotes around the one digest they know.
  if (isDigest(header.trim())) return [`"${header.trim()}"`];
  return list.test(header) ? (header.match(/(?:W\/)?"[^"]*"/g) ?? []) : undefined;
}

function opaqueOf(tag: string): string {
  return tag.slice(tag.indexOf('"') + 1, -1);
}
