/**
 * Every path that may exist in a data directory, and what it is. A file that no row names is a stray:
 * what a crash leaves behind may lie only among the uploads and in the staging directory.
 */
import type { RegistryKind } from '../peers/registries.ts';

export type PathKind =
  | 'blob'
  | 'revision'
  | 'tag'
  | 'tag history'
  | 'layer'
  | 'referrer'
  | 'upload'
  | 'staging'
  | 'own state';

/** What a path says: its kind, and those parts of it that it has. */
export interface KnownPath {
  readonly kind: PathKind;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

const repository = '(?<repository>[a-z0-9]+(?:(?:[._]|__|-+|/)[a-z0-9]+)*)';
const tag = '(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127})';
const digest = '(?<algorithm>sha256|sha512)/(?<hex>[0-9a-f]{64}|[0-9a-f]{128})';
const root = '^docker/registry/v2';
const below = `${root}/repositories/${repository}`;

const shared: readonly (readonly [PathKind, RegExp])[] = [
  [
    'blob',
    new RegExp(
      `${root}/blobs/(?<algorithm>sha256|sha512)/(?<prefix>[0-9a-f]{2})/(?<hex>\\k<prefix>[0-9a-f]+)/data$`,
    ),
  ],
  ['revision', new RegExp(`${below}/_manifests/revisions/${digest}/link$`)],
  ['tag', new RegExp(`${below}/_manifests/tags/${tag}/current/link$`)],
  ['tag history', new RegExp(`${below}/_manifests/tags/${tag}/index/${digest}/link$`)],
  ['layer', new RegExp(`${below}/_layers/${digest}/link$`)],
];

const tables: Readonly<Record<RegistryKind, readonly (readonly [PathKind, RegExp])[]>> = {
  lading: [
    ...shared,
    [
      'referrer',
      new RegExp(`${below}/_referrers/${digest}/(?:sha256\\.[0-9a-f]{64}|sha512\\.[0-9a-f]{128})$`),
    ],
    ['upload', new RegExp(`${below}/_uploads/[A-Za-z0-9_-]+/\\d+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$`)],
    ['staging', /^~staging\/[A-Za-z0-9._~-]+$/],
    ['own state', /^docker\/registry\/lading\/(?:keys\/uploads|repositories\/(?:_complete|[a-z0-9._-]+))$/],
  ],
  distribution: [
    ...shared,
    ['upload', new RegExp(`${below}/_uploads/[0-9a-f-]{36}/(?:data|startedat|hashstates/sha256/\\d+)$`)],
    // It writes small files beside their name, the blobs of manifests among them, and renames them.
    ['staging', /\/(?:data|link|startedat|\d+)\.[0-9a-f-]{36}\.tmp$/],
  ],
};

/** What a path below the data directory is, or `undefined` for a stray. */
export function classify(registry: RegistryKind, path: string): KnownPath | undefined {
  for (const [kind, pattern] of tables[registry]) {
    const found = pattern.exec(path)?.groups;
    if (pattern.test(path)) return { kind, ...known(found ?? {}) };
  }
  return undefined;
}

function known({
  repository: name,
  tag: tagName,
  algorithm,
  hex,
}: Record<string, string | undefined>): Partial<KnownPath> {
  return {
    ...(name !== undefined && { repository: name }),
    ...(tagName !== undefined && { tag: tagName }),
    ...(algorithm !== undefined && { digest: `${algorithm}:${hex}` }),
  };
}
