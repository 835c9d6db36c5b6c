import { type Digest, isDigest } from '@lading/digest';
import { isName, isTag } from '@lading/reference';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** The methods of each endpoint. */
export type Methods = Readonly<Record<Resource['kind'], readonly Method[]>>;

/**
 * The API: every endpoint and what may be done there (distribution-spec, "Endpoints"; the catalog is Docker's).
 * `OPTIONS` is answered everywhere.
 */
// prettier-ignore
export const endpoints: Methods = {
  /* /v2/                              */ base:      ['GET', 'HEAD'],
  /* /v2/_catalog                      */ catalog:   ['GET', 'HEAD'],
  /* /v2/<name>/tags/list              */ tags:      ['GET', 'HEAD'],
  /* /v2/<name>/manifests/<tag|digest> */ manifest:  ['GET', 'HEAD', 'PUT', 'DELETE'],
  /* /v2/<name>/blobs/<digest>         */ blob:      ['GET', 'HEAD', 'DELETE'],
  /* /v2/<name>/blobs/uploads/         */ uploads:   ['POST'],
  /* /v2/<name>/blobs/uploads/<id>     */ upload:    ['GET', 'HEAD', 'PATCH', 'PUT', 'DELETE'],
  /* /v2/<name>/referrers/<digest>     */ referrers: ['GET', 'HEAD'],
};

/** What a path names. */
export type Resource =
  | { readonly kind: 'base' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly name: string }
  | ManifestResource
  | { readonly kind: 'blob'; readonly name: string; readonly digest: Digest }
  | { readonly kind: 'uploads'; readonly name: string }
  | { readonly kind: 'upload'; readonly name: string; readonly id: string }
  | { readonly kind: 'referrers'; readonly name: string; readonly digest: Digest };

export interface ManifestResource {
  readonly kind: 'manifest';
  readonly name: string;
  /** A tag or a digest, as it stands in the path. */
  readonly reference: string;
  /** The reference, where it is a digest. */
  readonly digest: Digest | undefined;
}

/** A path that lies within the API and cannot be right. */
interface InvalidPath {
  readonly kind: 'invalid';
  readonly code: 'NAME_INVALID' | 'TAG_INVALID' | 'DIGEST_INVALID' | 'BLOB_UPLOAD_UNKNOWN';
  readonly message: string;
}

export type Route =
  | { readonly kind: 'found'; readonly method: Method; readonly resource: Resource }
  | { readonly kind: 'options' | 'wrong-method'; readonly allow: readonly string[] }
  | { readonly kind: 'unknown' }
  | InvalidPath;

/**
 * What a request is about. Pure, and never throws, whatever the path holds.
 *
 * @param path as it came, percent-encoding and all, without query and prefix.
 * @param methods the methods that are on offer. Default: all of {@link endpoints}.
 */
export function route(method: string, path: string, methods: Methods = endpoints): Route {
  const resource = resourceOf(path);
  if (resource.kind === 'unknown' || resource.kind === 'invalid') return resource;
  const offered = methods[resource.kind];
  if (isOffered(offered, method)) return { kind: 'found', method, resource };
  const allow = [...offered, 'OPTIONS'];
  return { kind: method === 'OPTIONS' ? 'options' : 'wrong-method', allow };
}

/** The same API without what a setting forbids. */
export function restrict(
  methods: Methods,
  kept: (method: Method, kind: Resource['kind']) => boolean,
): Methods {
  const kinds = Object.keys(methods) as Array<Resource['kind']>;
  return Object.fromEntries(
    kinds.map((kind) => [kind, methods[kind].filter((method) => kept(method, kind))]),
  ) as unknown as Methods;
}

function isOffered(offered: readonly Method[], method: string): method is Method {
  return offered.includes(method as Method);
}

const unknown: { readonly kind: 'unknown' } = { kind: 'unknown' };
const uploadId = /^[A-Za-z0-9._=-]{1,256}$/;

function resourceOf(path: string): Resource | InvalidPath | { readonly kind: 'unknown' } {
  if (path === '/v2/' || path === '/v2') return { kind: 'base' };
  if (!path.startsWith('/v2/')) return unknown;
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  const plain = decode(path);
  if (plain === undefined)
    return invalid(
      'NAME_INVALID',
      'Cannot read path: its percent-encoding is malformed or hides a separator',
    );

  // Names hold slashes, so the words that follow a name are looked for from the right.
  const lastSlash = plain.lastIndexOf('/');
  const wordSlash = plain.lastIndexOf('/', lastSlash - 1);
  const word = plain.slice(wordSlash + 1, lastSlash);
  const tail = plain.slice(lastSlash + 1);

  if (word === 'manifests') return named(plain, wordSlash, (name) => manifestOf(name, tail));
  if (word === 'blobs' && tail === 'uploads')
    return named(plain, wordSlash, (name) => ({ kind: 'uploads', name }));
  if (word === 'blobs') return named(plain, wordSlash, (name) => digestOf('blob', name, tail));
  if (word === 'referrers') return named(plain, wordSlash, (name) => digestOf('referrers', name, tail));
  if (word === 'tags' && tail === 'list') return named(plain, wordSlash, (name) => ({ kind: 'tags', name }));
  if (word === 'uploads' && plain.endsWith('/blobs', wordSlash)) {
    return named(plain, wordSlash - '/blobs'.length, (name) => uploadOf(name, tail));
  }
  return unknown;
}

/** A path in which `%2F` could not be told from `/`, or NUL from the end, is none. */
function decode(path: string): string | undefined {
  if (!path.includes('%')) return path;
  if (/%(?:2f|5c|00)/i.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function named<T>(
  path: string,
  end: number,
  make: (name: string) => T,
): T | InvalidPath | { readonly kind: 'unknown' } {
  const name = path.slice('/v2/'.length, end);
  if (name === '') return unknown;
  return isName(name)
    ? make(name)
    : invalid('NAME_INVALID', `Cannot use repository name ${quote(name)}: it is malformed`);
}

function manifestOf(name: string, reference: string): Resource | InvalidPath {
  if (isTag(reference)) return { kind: 'manifest', name, reference, digest: undefined };
  if (isDigest(reference)) return { kind: 'manifest', name, reference, digest: reference };
  return reference.includes(':')
    ? invalid(
        'DIGEST_INVALID',
        `Cannot use digest ${quote(reference)}: it is malformed, or its algorithm is unknown`,
      )
    : invalid('TAG_INVALID', `Cannot use tag ${quote(reference)}: it is malformed`);
}

function digestOf(kind: 'blob' | 'referrers', name: string, digest: string): Resource | InvalidPath {
  if (isDigest(digest)) return { kind, name, digest };
  return invalid(
    'DIGEST_INVALID',
    `Cannot use digest ${quote(digest)}: it is malformed, or its algorithm is unknown`,
  );
}

function uploadOf(name: string, id: string): Resource | InvalidPath {
  if (id === '') return { kind: 'uploads', name };
  if (uploadId.test(id)) return { kind: 'upload', name, id };
  return invalid('BLOB_UPLOAD_UNKNOWN', `Cannot find upload ${quote(id)}: its name is malformed`);
}

function invalid(code: InvalidPath['code'], message: string): InvalidPath {
  return { kind: 'invalid', code, message };
}

/** What a client sent, short enough for a message. */
function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
