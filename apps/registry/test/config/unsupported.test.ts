import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unsupportedKeys } from '../../src/config/unsupported.ts';
import { distributionKeys } from './distribution-keys.ts';
import { parse } from './parse.ts';

type Fate = 'honoured' | 'ignored' | 'refused';

/** What a key needs beside it to be valid. */
const company: readonly (readonly [prefix: string, settings: Readonly<Record<string, unknown>>])[] = [
  ['auth.htpasswd', { 'auth.htpasswd.realm': 'r', 'auth.htpasswd.path': 'p' }],
  ['http.tls', { 'http.tls.certificate': 'c', 'http.tls.key': 'k' }],
  ['validation.enabled', { 'validation.disabled': true }],
];

const fates = new Map(Object.keys(distributionKeys).map((key) => [key, fateOf(key)]));

for (const [key, fate] of fates) {
  test(`${key} is ${fate}, not passed over in silence`, () => {
    const [first, second] = distributionKeys[key] ?? [];
    const outcome = parse(write({ [key]: first }));
    if (fate === 'refused') {
      assert.equal(outcome.problems.length, 1);
      assert.match(outcome.problems[0] ?? '', /^config\.yml:\d+:\d+: cannot honour "/);
    } else if (fate === 'ignored') {
      assert.match(outcome.warnings.join('\n'), /^config\.yml:\d+:\d+: ".+" has no effect: /);
    } else if (first !== second && key !== 'storage.inmemory') {
      assert.deepEqual(outcome.problems, []);
      assert.notDeepEqual(outcome.configuration, parse(write({ [key]: second })).configuration);
    }
  });
}

test('keys of Distribution keep their fate in any company', () => {
  const keys = fc.uniqueArray(fc.constantFrom(...fates.keys()), { maxLength: 12 });
  fc.assert(
    fc.property(keys, (chosen) => {
      const settings = Object.fromEntries(chosen.map((key) => [key, distributionKeys[key]?.[0]]));
      const { problems, warnings } = parse(write(settings));
      const refused = new Set(chosen.filter((key) => fates.get(key) === 'refused').map(unsupportedAncestor));
      for (const key of refused)
        assert.ok(
          problems.some((line) => line.includes(`cannot honour "${key}"`)),
          key,
        );
      if (problems.length > 0) return;
      const ignored = new Set(chosen.filter((key) => fates.get(key) === 'ignored').map(unsupportedAncestor));
      for (const key of ignored)
        assert.ok(
          warnings.some((line) => line.includes(`"${key}" has no effect`)),
          key,
        );
    }),
  );
});

test('what protects is refused, and only comfort is ignored', () => {
  const sections = (fate: Fate): string[] => [
    ...new Set([...fates].filter(([, each]) => each === fate).map(([key]) => unsupportedAncestor(key))),
  ];
  assert.deepEqual(sections('ignored').sort(), [
    'health',
    'http.debug',
    'http.http2',
    'log.hooks',
    'log.reportcaller',
    'notifications',
    'storage.filesystem.maxthreads',
    'storage.tag',
  ]);
  assert.deepEqual(sections('refused').sort(), [
    'auth.silly',
    'auth.token',
    'http.h2c',
    'http.tls.ciphersuites',
    'http.tls.clientauth',
    'http.tls.clientcas',
    'http.tls.letsencrypt',
    'middleware',
    'policy',
    'proxy',
    'redis',
    'storage.azure',
    'storage.gcs',
    'storage.s3',
    'validation.manifests.indexes.platformlist',
    'validation.manifests.urls',
  ]);
});

function fateOf(key: string): Fate {
  return unsupportedKeys[unsupportedAncestor(key)]?.effect ?? 'honoured';
}

function unsupportedAncestor(key: string): string {
  const parts = key.split('.');
  const ancestors = parts.map((_, index) => parts.slice(0, index + 1).join('.'));
  return ancestors.find((ancestor) => ancestor in unsupportedKeys) ?? key;
}

/** A configuration with these settings, and with what they need. JSON is YAML. */
function write(settings: Readonly<Record<string, unknown>>): string {
  const root: Record<string, unknown> = { version: '0.1' };
  const all = Object.keys(settings);
  if (!all.some((key) => /^storage\.(?:filesystem|s3|gcs|azure|inmemory)/.test(key)))
    put(root, 'storage.inmemory', {});
  for (const [prefix, needed] of company) {
    if (!all.some((key) => key.startsWith(prefix))) continue;
    for (const [key, value] of Object.entries(needed)) put(root, key, value);
  }
  for (const [key, value] of Object.entries(settings)) put(root, key, value);
  return JSON.stringify(root, undefined, 1);
}

function put(root: Record<string, unknown>, key: string, value: unknown): void {
  const parts = key.split('.');
  const last = parts.pop() ?? '';
  let parent = root;
  for (const part of parts) parent = (parent[part] ??= {}) as Record<string, unknown>;
  parent[last] = value;
}
