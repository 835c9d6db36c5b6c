/** Checks a data directory while nobody uses it: every file is known, every name leads to whole bytes. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { digestOf } from '../peers/push.ts';
import type { RegistryKind } from '../peers/registries.ts';
import type { Violation } from './ledger.ts';
import { classify } from './paths.ts';
import type { PathKind } from './paths.ts';

/** Blobs that were hashed before and have not changed since, by path. */
export type HashedBefore = Map<string, string>;

export interface Inspection {
  readonly violations: readonly Violation[];
  readonly files: ReadonlyMap<PathKind, number>;
}

interface Link {
  readonly path: string;
  readonly repository: string;
  readonly digest: string;
}

/** Walks the whole directory. Blobs are hashed unless `hashed` knows them. */
export function verifyFiles(registry: RegistryKind, root: string, hashed: HashedBefore): Inspection {
  const violations: Violation[] = [];
  const files = new Map<PathKind, number>();
  const blobs = new Map<string, string>();
  const links: Record<'revision' | 'layer' | 'tag', Link[]> = { revision: [], layer: [], tag: [] };

  for (const path of walk(root)) {
    const known = classify(registry, path);
    if (known === undefined) {
      violations.push({ kind: 'stray file', what: path });
      continue;
    }
    files.set(known.kind, (files.get(known.kind) ?? 0) + 1);
    const { kind, digest, repository = '' } = known;
    if (kind === 'blob' && digest !== undefined) {
      blobs.set(digest, path);
      violations.push(...wrongBytes(root, path, digest, hashed));
    }
    if (kind !== 'revision' && kind !== 'layer' && kind !== 'tag' && kind !== 'tag history') continue;
    const content = readFileSync(join(root, path), 'latin1');
    if (
      !/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(content) ||
      (digest !== undefined && content !== digest)
    ) {
      violations.push({ kind: 'broken link', what: `${path} holds "${content}"` });
    } else if (kind !== 'tag history') {
      links[kind].push({ path, repository, digest: content });
    }
  }

  const inRepository = (kind: 'revision' | 'layer'): Set<string> =>
    new Set(links[kind].map(({ repository, digest }) => `${repository}@${digest}`));
  const revisions = inRepository('revision');
  const layers = inRepository('layer');
  for (const { path, digest } of [...links.revision, ...links.layer]) {
    if (!blobs.has(digest))
      violations.push({ kind: 'broken link', what: `${path}: there is no blob ${digest}` });
  }
  for (const { path, repository, digest } of links.tag) {
    if (revisions.has(`${repository}@${digest}`)) continue;
    violations.push({ kind: 'broken link', what: `${path}: there is no manifest ${digest}` });
  }
  for (const { path, repository, digest } of links.revision) {
    const blob = blobs.get(digest);
    if (blob === undefined) continue;
    for (const reference of referencesOf(readFileSync(join(root, blob), 'utf8'))) {
      if (layers.has(`${repository}@${reference}`) || revisions.has(`${repository}@${reference}`)) continue;
      violations.push({ kind: 'missing reference', what: `${path}: ${reference} is not in "${repository}"` });
    }
  }
  return { violations, files };
}

function* walk(root: string): Generator<string, void> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isDirectory()) yield relative(root, join(entry.parentPath, entry.name));
  }
}

function wrongBytes(root: string, path: string, digest: string, hashed: HashedBefore): Violation[] {
  const file = join(root, path);
  const { size, mtimeMs, ino } = statSync(file);
  const stamp = `${size} ${mtimeMs} ${ino}`;
  if (hashed.get(path) === stamp) return [];
  const found = digestOf(readFileSync(file), digest.split(':')[0]);
  if (found !== digest) return [{ kind: 'wrong bytes', what: `${path}: ${size} bytes of digest ${found}` }];
  hashed.set(path, stamp);
  return [];
}

/** The digests that an image manifest needs: its config and its layers. */
export function referencesOf(manifest: string): string[] {
  const { config, layers = [] } = JSON.parse(manifest) as {
    config?: { digest: string };
    layers?: readonly { digest: string }[];
  };
  return [config, ...layers].flatMap((descriptor) => descriptor?.digest ?? []);
}
