import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromChunks } from '@lading/bytes';
import { originOf } from '../src/forwarded.ts';
import { locate, uploadPath } from '../src/location.ts';
import type { RegistryRequest } from '../src/message.ts';
import { type HandlerOptions, settingsOf } from '../src/options.ts';

const trustedProxy = (address: string): boolean => address.startsWith('10.') || address === 'fd00::1';

function requestOf(
  headers: Readonly<Record<string, string>>,
  remote = '10.0.0.1',
  secure = false,
): RegistryRequest {
  const { signal } = new AbortController();
  const header = (name: string): string | undefined => headers[name];
  return { method: 'GET', path: '/v2/', query: '', header, body: fromChunks(), signal, remote, secure };
}

function place(
  options: HandlerOptions,
  headers: Readonly<Record<string, string>>,
  remote?: string,
  secure?: boolean,
): string {
  return locate('/v2/a', requestOf({ host: 'inside:5000', ...headers }, remote, secure), settingsOf(options));
}

const request = { kind: 'request' } as const;

test('locate writes paths unless it is told otherwise', () => {
  assert.equal(place({}, { 'x-forwarded-host': 'evil.example' }), '/v2/a');
  assert.equal(place({ prefix: 'x' }, {}), '/x/v2/a');
  assert.equal(place({ trustedProxy }, { 'x-forwarded-host': 'outside.example' }), '/v2/a');
  assert.equal(place({ trustedProxy }, { 'x-forwarded-prefix': '/cut/off/' }), '/cut/off/v2/a');
  assert.equal(place({ trustedProxy }, { 'x-forwarded-prefix': '//evil.example' }), '/v2/a');
});

test('locate writes the host of the settings', () => {
  const location = { kind: 'host', url: 'https://registry.example:5000/' } as const;
  assert.equal(
    place({ location }, { 'x-forwarded-host': 'evil.example' }),
    'https://registry.example:5000/v2/a',
  );
  assert.equal(place({ location, prefix: '/x' }, {}), 'https://registry.example:5000/x/v2/a');
});

test('locate writes the host of the request, and that of a trusted proxy', () => {
  assert.equal(place({ location: request }, {}), 'http://inside:5000/v2/a');
  assert.equal(place({ location: request }, {}, '192.0.2.1', true), 'https://inside:5000/v2/a');
  const forwarded = { 'x-forwarded-host': 'outside.example', 'x-forwarded-proto': 'https' };
  assert.equal(place({ location: request }, forwarded), 'http://inside:5000/v2/a');
  assert.equal(place({ location: request, trustedProxy }, forwarded), 'https://outside.example/v2/a');
  assert.equal(place({ location: request, trustedProxy }, forwarded, '192.0.2.1'), 'http://inside:5000/v2/a');
  const standard = { forwarded: 'for=192.0.2.9;host="outside.example:8443";proto=https' };
  assert.equal(place({ location: request, trustedProxy }, standard), 'https://outside.example:8443/v2/a');
});

test('locate never writes a host that could not be one', () => {
  for (const host of ['', 'a b', 'a/b', 'x@y', 'evil.example/..', 'a:b', '<script>', 'a\r\nb']) {
    assert.equal(place({ location: request }, { host }), '/v2/a', host);
  }
  assert.equal(place({ location: request }, { host: '[::1]:5000' }), 'http://[::1]:5000/v2/a');
});

test('originOf believes the hops that trusted proxies vouch for', () => {
  const remoteOf = (headers: Readonly<Record<string, string>>, remote?: string): string | undefined =>
    originOf(requestOf(headers, remote), trustedProxy).remote;
  assert.equal(remoteOf({}), '10.0.0.1');
  assert.equal(remoteOf({ 'x-forwarded-for': '192.0.2.1' }), '192.0.2.1');
  assert.equal(remoteOf({ 'x-forwarded-for': '192.0.2.1' }, '198.51.100.1'), '198.51.100.1');
  assert.equal(remoteOf({ 'x-forwarded-for': 'made-up, 192.0.2.1, 10.0.0.2' }), '192.0.2.1');
  assert.equal(remoteOf({ 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }), '10.0.0.3');
  assert.equal(remoteOf({ 'x-forwarded-for': '192.0.2.1:4711' }), '192.0.2.1');
  assert.equal(
    remoteOf({ forwarded: 'for=made-up, for="[2001:db8::1]:4711";proto=https, for=10.0.0.2' }),
    '2001:db8::1',
  );
  assert.equal(remoteOf({ forwarded: 'for=192.0.2.1;host=x, proto=https' }), '10.0.0.1');
  assert.equal(remoteOf({ forwarded: 'nonsense' }), '10.0.0.1');
});

test('uploadPath encodes a session that is a URL', () => {
  assert.equal(uploadPath('a', 'id', 'Abc_-9'), '/v2/a/blobs/uploads/id?_state=Abc_-9');
  const path = uploadPath('a', 'id', 'https://r.example/v2/x?_state=y&z=1');
  assert.equal(
    new URLSearchParams(path.slice(path.indexOf('?'))).get('_state'),
    'https://r.example/v2/x?_state=y&z=1',
  );
});
