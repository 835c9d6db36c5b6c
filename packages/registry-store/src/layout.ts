import { type Digest, algorithmOf, encodedOf, isDigest } from '@lading/digest';
import { isName, isTag } from '@lading/reference';

/*
 * <root>                                                            /docker/registry, unless told otherwise
 * ├── v2                                                            as CNCF Distribution lays it out
 * │   ├── blobs/<algorithm>/<first two digits>/<digits>/data        content, whoever it belongs to (blob-store)
 * │   └── repositories/<name>
 * │       ├── _layers/<algorithm>/<digits>/link                     this blob is part of the repository
 * │       ├── _manifests
 * │       │   ├── revisions/<algorithm>/<digits>/link               this manifest is part of the repository
 * │       │   └── tags/<tag>
 * │       │       ├── current/link                                  what the tag points at
 * │       │       └── index/<algorithm>/<digits>/link               what it ever pointed at
 * │       ├── _referrers/<algorithm>/<digits>/<algorithm>.<digits>  ours: descriptor of a manifest whose subject is the directory's
 * │       └── _uploads/<id>
 * │           ├── <offset>.<previous mark>.<own mark>               ours (blob-store)
 * │           └── data, startedat, hashstates/…                     Distribution's; ours to purge, not to continue
 * └── lading                                                        ours: Distribution looks into v2 only
 *     ├── keys/uploads                                              secret that signs upload sessions
 *     └── repositories
 *         ├── <escaped name>                                        this repository is in the catalog
 *         └── _complete                                             every repository that was here before us is, too
 *
 * A link holds a digest as text, `sha256:<64 hex>`, and nothing else: no newline. It is the digest of its own path, but for links under
 * `_layers/sha512/…` that Distribution wrote: they hold the sha256 digest under which it keeps the bytes.
 *
 * This file alone knows the tree: other rooms ask it for paths, and for what a path means.
 */

/** What lies at a path of the tree. */
export type Place =
  | { readonly kind: 'blob'; readonly digest: Digest }
  | { readonly kind: 'layer'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'revision'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'tag'; readonly repository: string; readonly tag: string }
  | {
      readonly kind: 'tag-history';
      readonly repository: string;
      readonly tag: string;
      readonly digest: Digest;
    }
  | {
      readonly kind: 'referrer';
      readonly repository: string;
      readonly subject: Digest;
      readonly digest: Digest;
    }
  /** `file` is the path below the upload's directory. */
  | { readonly kind: 'upload'; readonly repository: string; readonly id: string; readonly file: string }
  | { readonly kind: 'catalog-entry'; readonly repository: string };

/** Paths of one repository. */
export interface RepositoryLayout {
  readonly layers: string;
  readonly layer: (digest: Digest) => string;
  readonly manifests: string;
  readonly revisions: string;
  readonly revision: (digest: Digest) => string;
  readonly tags: string;
  /** Directory of a tag: what it points at, and what it ever did. */
  readonly tag: (tag: string) => string;
  readonly tagLink: (tag: string) => string;
  /** Directory of what a tag ever pointed at. */
  readonly tagHistories: (tag: string) => string;
  readonly tagHistory: (tag: string, digest: Digest) => string;
  readonly referrers: string;
  /** Directory of the entries of one subject. */
  readonly referrersOf: (subject: Digest) => string;
  readonly referrer: (subject: Digest, digest: Digest) => string;
  readonly uploads: string;
  /** Directory of an upload. */
  readonly upload: (id: string) => string;
}

/** Paths of a registry. */
export interface Layout {
  /** Directory of all content, for `blobStore`. */
  readonly blobs: string;
  readonly repositories: string;
  readonly repository: (name: string) => RepositoryLayout;
  readonly catalog: string;
  readonly catalogEntry: (name: string) => string;
  /** File that says that the catalog's index lacks nothing. */
  readonly catalogComplete: string;
  /** File of the secret that signs upload sessions. */
  readonly uploadKeys: string;
  /** What a path means: the inverse of all functions above. `undefined` for what is none of ours. */
  readonly locate: (path: string) => Place | undefined;
}

/** Where CNCF Distribution keeps everything, in the root of its driver. */
export const defaultRoot: string = '/docker/registry';

/** The tree of a registry under a directory. */
export function layout(root: string = defaultRoot): Layout {
  const blobs = `${root}/v2/blobs`;
  const repositories = `${root}/v2/repositories`;
  const catalog = `${root}/lading/repositories`;
  return {
    blobs,
    repositories,
    catalog,
    repository: (name) => repositoryLayout(`${repositories}/${name}`),
    catalogEntry: (name) => `${catalog}/${escapeName(name)}`,
    catalogComplete: `${catalog}/_complete`,
    uploadKeys: `${root}/lading/keys/uploads`,
    locate(path) {
      if (path.startsWith(`${repositories}/`))
        return locateInRepositories(path.slice(repositories.length + 1));
      if (path.startsWith(`${blobs}/`)) return locateBlob(path.slice(blobs.length + 1));
      if (!path.startsWith(`${catalog}/`)) return undefined;
      const repository = unescapeName(path.slice(catalog.length + 1));
      return repository === undefined ? undefined : { kind: 'catalog-entry', repository };
    },
  };
}

function repositoryLayout(directory: string): RepositoryLayout {
  const layers = `${directory}/_layers`;
  const manifests = `${directory}/_manifests`;
  const revisions = `${manifests}/revisions`;
  const tags = `${manifests}/tags`;
  const referrers = `${directory}/_referrers`;
  const uploads = `${directory}/_uploads`;
  return {
    layers,
    layer: (digest) => `${layers}/${componentsOf(digest)}/link`,
    manifests,
    revisions,
    revision: (digest) => `${revisions}/${componentsOf(digest)}/link`,
    tags,
    tag: (tag) => `${tags}/${tag}`,
    tagLink: (tag) => `${tags}/${tag}/current/link`,
    tagHistories: (tag) => `${tags}/${tag}/index`,
    tagHistory: (tag, digest) => `${tags}/${tag}/index/${componentsOf(digest)}/link`,
    referrers,
    referrersOf: (subject) => `${referrers}/${componentsOf(subject)}`,
    referrer: (subject, digest) =>
      `${referrers}/${componentsOf(subject)}/${algorithmOf(digest)}.${encodedOf(digest)}`,
    uploads,
    upload: (id) => `${uploads}/${id}`,
  };
}

/** `<algorithm>/<digits>`. The known algorithms hold none of `+`, `.` and `;`, which would become slashes too. */
function componentsOf(digest: Digest): string {
  return digest.replace(':', '/');
}

function digestFrom(algorithm: string | undefined, digits: string | undefined): Digest | undefined {
  const text = `${algorithm}:${digits}`;
  return isDigest(text) ? text : undefined;
}

function locateBlob(path: string): Place | undefined {
  const [algorithm, first, digits, file, ...rest] = path.split('/');
  const digest = digestFrom(algorithm, digits);
  if (digest === undefined || file !== 'data' || rest.length > 0 || !digits?.startsWith(first ?? '-'))
    return undefined;
  return { kind: 'blob', digest };
}

/** Names hold no component that begins with `_`, so the first such one ends the name. */
function locateInRepositories(path: string): Place | undefined {
  const end = path.indexOf('/_');
  const repository = path.slice(0, end);
  if (end < 0 || !isName(repository)) return undefined;
  const [room, ...rest] = path.slice(end + 1).split('/');
  switch (room) {
    case '_layers':
      return locateLink('layer', repository, rest);
    case '_manifests':
      return rest[0] === 'revisions'
        ? locateLink('revision', repository, rest.slice(1))
        : locateTag(repository, rest);
    case '_referrers':
      return locateReferrer(repository, rest);
    case '_uploads': {
      const [id, ...file] = rest;
      return id === undefined || file.length === 0
        ? undefined
        : { kind: 'upload', repository, id, file: file.join('/') };
    }
    default:
      return undefined;
  }
}

function locateLink(
  kind: 'layer' | 'revision',
  repository: string,
  path: readonly string[],
): Place | undefined {
  const digest = digestFrom(path[0], path[1]);
  return digest === undefined || path[2] !== 'link' || path.length > 3
    ? undefined
    : { kind, repository, digest };
}

function locateTag(repository: string, path: readonly string[]): Place | undefined {
  const [tags, tag, kind, ...rest] = path;
  if (tags !== 'tags' || tag === undefined || !isTag(tag)) return undefined;
  if (kind === 'current') return rest.join('/') === 'link' ? { kind: 'tag', repository, tag } : undefined;
  const digest = digestFrom(rest[0], rest[1]);
  if (kind !== 'index' || digest === undefined || rest[2] !== 'link' || rest.length > 3) return undefined;
  return { kind: 'tag-history', repository, tag, digest };
}

function locateReferrer(repository: string, path: readonly string[]): Place | undefined {
  const subject = digestFrom(path[0], path[1]);
  const digest = referrerDigest(path[2] ?? '');
  if (subject === undefined || digest === undefined || path.length > 3) return undefined;
  return { kind: 'referrer', repository, subject, digest };
}

/** The digest that the name of a referrer's entry stands for: `sha256.<digits>`. */
export function referrerDigest(name: string): Digest | undefined {
  const dot = name.indexOf('.');
  return digestFrom(name.slice(0, dot), name.slice(dot + 1));
}

const longestPiece = 200;

/**
 * A repository name as the name of a file: `team/app` is `team..app`, since no name holds two dots in a row. What is longer than file systems
 * take is cut in pieces, of which all but the last are directories and end in `-`, as no name does.
 */
export function escapeName(name: string): string {
  const escaped = name.replaceAll('/', '..');
  if (escaped.length <= longestPiece) return escaped;
  const pieces = escaped.match(new RegExp(`.{1,${longestPiece}}`, 'g')) ?? [];
  return pieces.join('-/');
}

/** The repository name that {@link escapeName} made a path of. */
export function unescapeName(path: string): string | undefined {
  const name = path.replaceAll('-/', '').replaceAll('..', '/');
  return isName(name) ? name : undefined;
}
