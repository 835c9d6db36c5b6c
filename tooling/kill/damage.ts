/** Ways to spoil a data directory behind the registry's back: what the checks must be able to see. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { absent } from './ledger.ts';
import type { Ledger, Violation } from './ledger.ts';

export interface Damage {
  readonly name: string;
  /** What the check of the files, and that of the answers, must report. */
  readonly seen: readonly Violation['kind'][];
  /** Spoils something acknowledged; `false` when there is nothing of the kind yet. */
  readonly inflict: (root: string, ledger: Ledger) => boolean;
}

export const damages: readonly Damage[] = [
  {
    name: 'an acknowledged blob is gone',
    seen: ['broken link', 'lost blob'],
    inflict: (root, ledger) => onLastBlob(root, ledger, (file) => rmSync(file)),
  },
  {
    name: 'an acknowledged blob lost its last byte',
    seen: ['wrong bytes'],
    inflict: (root, ledger) =>
      onLastBlob(root, ledger, (file) => writeFileSync(file, readFileSync(file).subarray(0, -1))),
  },
  {
    name: 'an acknowledged manifest is gone',
    seen: ['broken link', 'lost manifest'],
    inflict: (root, ledger) => {
      const last = ledger.entries.findLast(({ kind }) => kind === 'manifest');
      if (last === undefined) return false;
      rmSync(join(root, blobPath(last.digest)));
      return true;
    },
  },
  {
    name: 'a layer of a tagged image has left the repository',
    seen: ['missing reference'],
    inflict: (root, ledger) => {
      const tag = lastTag(ledger);
      if (tag === undefined) return false;
      const manifest = JSON.parse(readFileSync(join(root, blobPath(tag.digest)), 'utf8')) as {
        config: { digest: string };
      };
      const [algorithm, hex] = manifest.config.digest.split(':');
      rmSync(join(root, repositoryPath(tag.repository), '_layers', `${algorithm}/${hex}/link`));
      return true;
    },
  },
  {
    name: 'an acknowledged tag is gone',
    seen: ['wrong tag'],
    inflict: (root, ledger) => onLastTag(root, ledger, (link) => rmSync(link)),
  },
  {
    name: 'a deleted tag came back',
    seen: ['wrong tag'],
    inflict: (root, ledger) => {
      const deleted = [...ledger.tags].findLast(([, states]) => states.size === 1 && states.has(absent))?.[0];
      const tag = lastTag(ledger);
      const [repository = '', name = ''] = deleted?.split(':') ?? [];
      if (deleted === undefined || tag?.repository !== repository) return false;
      const link = tagLink(root, repository, name);
      mkdirSync(dirname(link), { recursive: true });
      writeFileSync(link, tag.digest);
      return true;
    },
  },
  {
    name: 'a link is empty',
    seen: ['broken link'],
    inflict: (root, ledger) => onLastTag(root, ledger, (link) => writeFileSync(link, '')),
  },
  {
    name: 'a temporary file lies among the blobs',
    seen: ['stray file'],
    inflict: (root, ledger) => onLastBlob(root, ledger, (file) => writeFileSync(`${file}.tmp`, 'left over')),
  },
];

function onLastBlob(root: string, ledger: Ledger, spoil: (file: string) => void): boolean {
  const last = ledger.entries.findLast((entry) => entry.kind === 'blob' && entry.size > 0);
  if (last === undefined) return false;
  spoil(join(root, blobPath(last.digest)));
  return true;
}

function onLastTag(root: string, ledger: Ledger, spoil: (link: string) => void): boolean {
  const tag = lastTag(ledger);
  if (tag === undefined) return false;
  spoil(tagLink(root, tag.repository, tag.name));
  return true;
}

/** A tag of which is certain what it resolves to. */
function lastTag(ledger: Ledger): { repository: string; name: string; digest: string } | undefined {
  for (const [key, states] of [...ledger.tags].reverse()) {
    const [digest = absent] = states;
    const [repository = '', name = ''] = key.split(':');
    if (states.size === 1 && digest !== absent) return { repository, name, digest };
  }
  return undefined;
}

function tagLink(root: string, repository: string, tag: string): string {
  return join(root, repositoryPath(repository), '_manifests/tags', tag, 'current/link');
}

function repositoryPath(repository: string): string {
  return `docker/registry/v2/repositories/${repository}`;
}

function blobPath(digest: string): string {
  const [algorithm, hex = ''] = digest.split(':');
  return `docker/registry/v2/blobs/${algorithm}/${hex.slice(0, 2)}/${hex}/data`;
}
