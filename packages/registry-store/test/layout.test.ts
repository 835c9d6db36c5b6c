import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Digest } from '@lading/digest';
import { isName } from '@lading/reference';
import { isPath } from '@lading/storage';
import fc from 'fast-check';
import { layout } from '../src/index.ts';
import { escapeName, unescapeName } from '../src/layout.ts';

const hex = (length: number): string => '0123456789abcdef'.repeat(8).slice(0, length);
const sha256: Digest = `sha256:${hex(64)}`;
const sha512: Digest = `sha512:${hex(128)}`;

const names = fc
  .stringMatching(
    /^[a-z0-9]+((\.|_|__|-{1,3})[a-z0-9]+){0,3}(\/[a-z0-9]+((\.|_|__|-{1,3})[a-z0-9]+){0,3}){0,20}$/,
  )
  .filter(isName);
const tags = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);
const digests = fc
  .constantFrom(['sha256', 64] as const, ['sha512', 128] as const)
  .chain(([algorithm, length]) =>
    fc
      .string({
        unit: fc.constantFrom(...'0123456789abcdef'.split('')),
        minLength: length,
        maxLength: length,
      })
      .map((digits): Digest => `${algorithm}:${digits}`),
  );

test('layout lays the tree out where CNCF Distribution looks', () => {
  const tree = layout();
  const paths = tree.repository('team/app');
  const top = '/docker/registry/v2/repositories/team/app';
  assert.equal(tree.blobs, '/docker/registry/v2/blobs');
  assert.equal(paths.layer(sha256), `${top}/_layers/sha256/${hex(64)}/link`);
  assert.equal(paths.layer(sha512), `${top}/_layers/sha512/${hex(128)}/link`);
  assert.equal(paths.revision(sha256), `${top}/_manifests/revisions/sha256/${hex(64)}/link`);
  assert.equal(paths.tag('v1'), `${top}/_manifests/tags/v1`);
  assert.equal(paths.tagLink('v1'), `${top}/_manifests/tags/v1/current/link`);
  assert.equal(paths.tagHistory('v1', sha256), `${top}/_manifests/tags/v1/index/sha256/${hex(64)}/link`);
  assert.equal(paths.upload('id'), `${top}/_uploads/id`);
});

test('layout keeps what is ours where Distribution does not look', () => {
  const tree = layout('/here');
  assert.equal(
    tree.repository('app').referrer(sha512, sha256),
    `/here/v2/repositories/app/_referrers/sha512/${hex(128)}/sha256.${hex(64)}`,
  );
  assert.equal(tree.catalogEntry('team/app'), '/here/lading/repositories/team..app');
  assert.equal(tree.catalogComplete, '/here/lading/repositories/_complete');
  assert.equal(tree.uploadKeys, '/here/lading/keys/uploads');
});

suite('layout.locate', () => {
  const tree = layout();

  test('tells of every path what it was made of', () => {
    fc.assert(
      fc.property(names, tags, digests, digests, (repository, tag, digest, subject) => {
        const paths = tree.repository(repository);
        const pairs = [
          [paths.layer(digest), { kind: 'layer', repository, digest }],
          [paths.revision(digest), { kind: 'revision', repository, digest }],
          [paths.tagLink(tag), { kind: 'tag', repository, tag }],
          [paths.tagHistory(tag, digest), { kind: 'tag-history', repository, tag, digest }],
          [paths.referrer(subject, digest), { kind: 'referrer', repository, subject, digest }],
          [`${paths.upload('an-id')}/0.0.abc`, { kind: 'upload', repository, id: 'an-id', file: '0.0.abc' }],
          [tree.catalogEntry(repository), { kind: 'catalog-entry', repository }],
        ] as const;
        for (const [path, place] of pairs) {
          assert.ok(isPath(path), path);
          assert.deepEqual(tree.locate(path), place);
        }
      }),
    );
  });

  test('tells of the path of a blob which it is', () => {
    fc.assert(
      fc.property(digests, (digest) => {
        const [algorithm, digits = ''] = digest.split(':');
        assert.deepEqual(tree.locate(`${tree.blobs}/${algorithm}/${digits.slice(0, 2)}/${digits}/data`), {
          kind: 'blob',
          digest,
        });
      }),
    );
  });

  test('knows nothing of what is none of ours', () => {
    const strangers = [
      '/',
      '/elsewhere/v2/blobs',
      `/docker/registry/v2/blobs/sha256/ff/${hex(64)}/data`,
      `/docker/registry/v2/blobs/sha256/01/${hex(64)}/other`,
      `/docker/registry/v2/blobs/sha256/01/${hex(64)}/data/below`,
      '/docker/registry/v2/repositories/app',
      `/docker/registry/v2/repositories/UPPER/_layers/sha256/${hex(64)}/link`,
      `/docker/registry/v2/repositories/app/_layers/sha256/${hex(63)}/link`,
      `/docker/registry/v2/repositories/app/_layers/sha256/${hex(64)}/data`,
      `/docker/registry/v2/repositories/app/_manifests/revisions/sha256/${hex(64)}/signatures/sha256/${hex(64)}/link`,
      '/docker/registry/v2/repositories/app/_manifests/tags/v1/current',
      '/docker/registry/v2/repositories/app/_manifests/tags/v1/other/link',
      '/docker/registry/v2/repositories/app/_uploads/id',
      '/docker/registry/v2/repositories/app/_unknown/file',
      '/docker/registry/lading/repositories/_complete',
      '/docker/registry/lading/keys/uploads',
    ];
    for (const path of strangers) assert.equal(tree.locate(path), undefined, path);
  });

  test('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        tree.locate(`${tree.repositories}/${text}`);
        tree.locate(`${tree.blobs}/${text}`);
        tree.locate(text);
      }),
    );
  });
});

suite('escapeName', () => {
  test('gives every name a path of its own, which unescapeName takes back', () => {
    fc.assert(
      fc.property(names, (name) => {
        const escaped = escapeName(name);
        assert.ok(isPath(`/${escaped}`), escaped);
        assert.equal(unescapeName(escaped), name);
      }),
    );
  });

  test('cuts long names so that no piece is a file and a directory', () => {
    const long = Array.from({ length: 128 }, () => 'a').join('/');
    const pieces = escapeName(long).split('/');
    assert.ok(pieces.length > 1);
    assert.ok(pieces.every((piece) => piece.length <= 255));
    assert.ok(pieces.slice(0, -1).every((piece) => piece.endsWith('-') && unescapeName(piece) === undefined));
    assert.equal(unescapeName(escapeName(long)), long);
  });
});
