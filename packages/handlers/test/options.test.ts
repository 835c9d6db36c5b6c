import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsOf } from '../src/options.ts';

const version = ['Docker-Distribution-API-Version', 'registry/2.0'];

test('settingsOf puts headers of the options beside those of the API', () => {
  assert.deepEqual(settingsOf({}).headers, [...version, 'X-Content-Type-Options', 'nosniff']);
  assert.deepEqual(settingsOf({ headers: { 'x-content-type-options': [] } }).headers, version);
  assert.deepEqual(settingsOf({ headers: { A: ['1', '2'], B: '3' } }).headers.slice(4), [
    'A',
    '1',
    'A',
    '2',
    'B',
    '3',
  ]);
});

test('settingsOf refuses headers that would break an answer', () => {
  for (const headers of [{ 'a b': 'x' }, { '': 'x' }, { a: 'x\r\ny: z' }, { a: '\u0000' }, { a: '\u20ac' }]) {
    assert.throws(() => settingsOf({ headers }), TypeError);
  }
});

test('settingsOf takes a prefix with or without slashes', () => {
  for (const prefix of ['a/b', '/a/b', 'a/b/', '//a/b//'])
    assert.equal(settingsOf({ prefix }).prefix, '/a/b');
  for (const prefix of ['', '/']) assert.equal(settingsOf({ prefix }).prefix, '');
});

test('settingsOf refuses the URL of a host that is none', () => {
  for (const url of ['', 'registry.example', '/v2', 'ftp://x', 'https://x/?a', 'https://x/#a', 'https://']) {
    assert.throws(() => settingsOf({ location: { kind: 'host', url } }), TypeError, url);
  }
  const location = { kind: 'host', url: 'https://x/base//' } as const;
  assert.deepEqual(settingsOf({ location }).location, { kind: 'host', url: 'https://x/base' });
});
