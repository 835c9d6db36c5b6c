import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDigest } from '@lading/digest';
import { isName, isTag } from '@lading/reference';
import { type Method, endpoints, restrict, route } from '../src/route.ts';

const sha256 = `sha256:${'a'.repeat(64)}` as const;
const sha512 = `sha512:${'b'.repeat(128)}` as const;

/** Paths, and what they name. */
const found: ReadonlyArray<[path: string, resource: Record<string, unknown>]> = [
  ['/v2', { kind: 'base' }],
  ['/v2/', { kind: 'base' }],
  ['/v2/_catalog', { kind: 'catalog' }],
  ['/v2/a/tags/list', { kind: 'tags', name: 'a' }],
  ['/v2/a/b/c/tags/list', { kind: 'tags', name: 'a/b/c' }],
  ['/v2/a/manifests/v1', { kind: 'manifest', name: 'a', reference: 'v1', digest: undefined }],
  [`/v2/a/manifests/${sha256}`, { kind: 'manifest', name: 'a', reference: sha256, digest: sha256 }],
  [`/v2/a/manifests/${sha512}`, { kind: 'manifest', name: 'a', reference: sha512, digest: sha512 }],
  [`/v2/a/blobs/${sha256}`, { kind: 'blob', name: 'a', digest: sha256 }],
  [`/v2/a/blobs/${sha256.replace(':', '%3A')}`, { kind: 'blob', name: 'a', digest: sha256 }],
  [`/v2/a/blobs/${sha256.replace(':', '%3a')}`, { kind: 'blob', name: 'a', digest: sha256 }],
  ['/v2/%61/manifests/v%31', { kind: 'manifest', name: 'a', reference: 'v1', digest: undefined }],
  ['/v2/a/blobs/uploads', { kind: 'uploads', name: 'a' }],
  ['/v2/a/blobs/uploads/', { kind: 'uploads', name: 'a' }],
  ['/v2/a/blobs/uploads/0195-x_y.z=', { kind: 'upload', name: 'a', id: '0195-x_y.z=' }],
  [`/v2/a/referrers/${sha256}`, { kind: 'referrers', name: 'a', digest: sha256 }],
  // Names may hold the words of the API, so they are read from the right.
  [
    '/v2/manifests/manifests/manifests',
    { kind: 'manifest', name: 'manifests', reference: 'manifests', digest: undefined },
  ],
  [
    '/v2/a/blobs/uploads/manifests/v1',
    { kind: 'manifest', name: 'a/blobs/uploads', reference: 'v1', digest: undefined },
  ],
  ['/v2/a/tags/list/tags/list', { kind: 'tags', name: 'a/tags/list' }],
  ['/v2/a/manifests/v1/blobs/uploads/', { kind: 'uploads', name: 'a/manifests/v1' }],
  ['/v2/blobs/blobs/uploads/uploads', { kind: 'upload', name: 'blobs', id: 'uploads' }],
  ['/v2/v2/manifests/v2', { kind: 'manifest', name: 'v2', reference: 'v2', digest: undefined }],
  ['/v2/uploads/tags/list', { kind: 'tags', name: 'uploads' }],
];

const unknown = [
  '',
  '/',
  '/v',
  '/v1/',
  '/v22',
  '/v2/a',
  '/v2//',
  '/v2/_catalog/',
  '/v2/a/tags',
  '/v2/a/tags/',
  '/v2/a/tags/list/',
  '/v2/tags/list',
  '/v2/manifests/v1',
  '/v2/blobs/uploads/',
  '/v2/a/uploads/x',
  '/v2/a/nothing/x',
  'v2/',
  '*',
];

const invalid: ReadonlyArray<[path: string, code: string]> = [
  ['/v2/A/tags/list', 'NAME_INVALID'],
  ['/v2/a//b/tags/list', 'NAME_INVALID'],
  ['/v2/../a/tags/list', 'NAME_INVALID'],
  ['/v2/a/../tags/list', 'NAME_INVALID'],
  ['/v2/-a/manifests/v1', 'NAME_INVALID'],
  ['/v2/a%2Fb/manifests/v1', 'NAME_INVALID'],
  ['/v2/a%252Fb/manifests/v1', 'NAME_INVALID'],
  ['/v2/a%00/manifests/v1', 'NAME_INVALID'],
  ['/v2/a/manifests/v1%00', 'NAME_INVALID'],
  ['/v2/a/manifests/%', 'NAME_INVALID'],
  ['/v2/a/manifests/%zz', 'NAME_INVALID'],
  ['/v2/a/manifests/%ff', 'NAME_INVALID'],
  [`/v2/${'a'.repeat(256)}/tags/list`, 'NAME_INVALID'],
  ['/v2/a/manifests/', 'TAG_INVALID'],
  ['/v2/a/manifests/.', 'TAG_INVALID'],
  ['/v2/a/manifests/..', 'TAG_INVALID'],
  ['/v2/a/manifests/a b', 'TAG_INVALID'],
  [`/v2/a/manifests/${'a'.repeat(129)}`, 'TAG_INVALID'],
  ['/v2/a/manifests/sha256:baddigeststring', 'DIGEST_INVALID'],
  ['/v2/a/manifests/sha384:aaaa', 'DIGEST_INVALID'],
  ['/v2/a/blobs/', 'DIGEST_INVALID'],
  ['/v2/a/blobs/latest', 'DIGEST_INVALID'],
  [`/v2/a/blobs/${sha256.toUpperCase()}`, 'DIGEST_INVALID'],
  [`/v2/a/blobs/${sha256}0`, 'DIGEST_INVALID'],
  ['/v2/a/referrers/latest', 'DIGEST_INVALID'],
  ['/v2/a/blobs/uploads/a b', 'BLOB_UPLOAD_UNKNOWN'],
  [`/v2/a/blobs/uploads/${'a'.repeat(300)}`, 'BLOB_UPLOAD_UNKNOWN'],
];

/** Some method of the resource, so that the route is found. */
function anyOf(path: string): ReturnType<typeof route> {
  const first = route('GET', path);
  return first.kind === 'wrong-method' ? route('POST', path) : first;
}

test('route finds what a path names', () => {
  for (const [path, resource] of found) {
    const result = anyOf(path);
    assert.deepEqual(result.kind === 'found' ? result.resource : result, resource, path);
  }
});

test('route tells paths that are not of the API', () => {
  for (const path of unknown) assert.deepEqual(route('GET', path), { kind: 'unknown' }, path);
});

test('route tells paths of the API that cannot be right', () => {
  for (const [path, code] of invalid) {
    const result = route('GET', path);
    assert.deepEqual([result.kind, 'code' in result ? result.code : undefined], ['invalid', code], path);
  }
});

test('route takes the methods of each endpoint, and tells them for others', () => {
  const methods: readonly Method[] = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'];
  for (const [path, { kind }] of found) {
    const offered = endpoints[kind as keyof typeof endpoints];
    for (const method of methods) {
      const result = route(method, path);
      assert.equal(result.kind, offered.includes(method) ? 'found' : 'wrong-method', `${method} ${path}`);
    }
    for (const method of ['OPTIONS', 'TRACE', 'get', '']) {
      const result = route(method, path);
      assert.deepEqual(result, {
        kind: method === 'OPTIONS' ? 'options' : 'wrong-method',
        allow: [...offered, 'OPTIONS'],
      });
    }
  }
});

test('restrict takes methods away', () => {
  const pullOnly = restrict(endpoints, (method) => method === 'GET' || method === 'HEAD');
  assert.equal(route('PUT', '/v2/a/manifests/v1', pullOnly).kind, 'wrong-method');
  assert.equal(route('GET', '/v2/a/manifests/v1', pullOnly).kind, 'found');
  assert.deepEqual(route('OPTIONS', '/v2/a/blobs/uploads/', pullOnly), {
    kind: 'options',
    allow: ['OPTIONS'],
  });
});

const text = fc.string({ unit: 'binary', maxLength: 60 });
const piece = fc.oneof(
  fc.constantFrom(
    'v2',
    'a',
    'manifests',
    'blobs',
    'uploads',
    'tags',
    'list',
    'referrers',
    '_catalog',
    '',
    '.',
    '..',
    '%2e',
    '%2F',
    '%00',
    sha256,
  ),
  text,
);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'BREW');
const name = fc.stringMatching(/^[a-z0-9]{1,5}(?:[._-][a-z0-9]{1,5}){0,2}(?:\/[a-z0-9]{1,9}){0,4}$/);
const tag = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,30}$/);

test('route never throws, and lets only what is well-formed through', () => {
  fc.assert(
    fc.property(
      method,
      fc.oneof(
        text,
        fc.array(piece, { maxLength: 8 }).map((parts) => `/${parts.join('/')}`),
      ),
      (verb, path) => {
        const result = route(verb, path);
        if (result.kind !== 'found') return;
        const { resource } = result;
        if ('name' in resource) assert.ok(isName(resource.name), resource.name);
        if (resource.kind === 'manifest')
          assert.ok(isTag(resource.reference) || isDigest(resource.reference));
        if ('digest' in resource && resource.digest !== undefined) assert.ok(isDigest(resource.digest));
      },
    ),
    { numRuns: 5000 },
  );
});

test('route finds every name and tag, percent-encoded or not', () => {
  const encoded = (part: string): string =>
    part.replaceAll(/[^/]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  fc.assert(
    fc.property(name, tag, fc.boolean(), (repository, reference, encode) => {
      const spell = encode ? encoded : String;
      assert.deepEqual(route('GET', `/v2/${spell(repository)}/manifests/${spell(reference)}`), {
        kind: 'found',
        method: 'GET',
        resource: { kind: 'manifest', name: repository, reference, digest: undefined },
      });
    }),
  );
});
