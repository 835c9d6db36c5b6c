import assert from 'node:assert/strict';
import type { HttpCase, Reply, Send } from './exchange.ts';
import {
  artifact,
  assertRefused,
  httpCase,
  need,
  ociImage,
  ociIndex,
  pushBlob,
  pushManifest,
} from './fixture.ts';

const missing = `sha256:${'0'.repeat(64)}`;

interface Index {
  readonly schemaVersion: number;
  readonly mediaType: string;
  readonly manifests: ReadonlyArray<{
    readonly digest: string;
    readonly artifactType?: string;
    readonly annotations?: unknown;
  }>;
}

/** Where `Link` leads, which must be a path. */
function nextOf(reply: Reply): string | undefined {
  const link = reply.header('link');
  if (link === undefined) return undefined;
  const [, target = ''] = /^<(\/v2\/[^>]*)>; rel="next"$/.exec(link) ?? [];
  assert.notEqual(target, '', link);
  return target;
}

/** All pages of a list. */
async function walk<T>(send: Send, target: string, items: (text: string) => T[]): Promise<T[][]> {
  const pages: T[][] = [];
  for (let next: string | undefined = target; next !== undefined;) {
    const reply: Reply = await send('GET', next);
    assert.equal(reply.status, 200, reply.text);
    pages.push(items(reply.text));
    next = nextOf(reply);
  }
  return pages;
}

const tagsOf = (text: string): string[] => (JSON.parse(text) as { tags: string[] }).tags;
const namesOf = (text: string): string[] => (JSON.parse(text) as { repositories: string[] }).repositories;

async function pushTags(send: Send, tags: readonly string[]): Promise<void> {
  const bytes = await artifact();
  for (const tag of tags) await pushManifest(send, 'team/app', tag, bytes);
}

export const lists: readonly HttpCase[] = [
  httpCase('tags are listed in the order of their bytes', async ({ send }) => {
    await pushTags(send, ['v2', 'V1', 'v10', '_x', 'v1-rc', 'v1']);
    const reply = await send('GET', '/v2/team/app/tags/list');
    assert.equal(reply.header('content-type'), 'application/json');
    const tags = ['V1', '_x', 'v1', 'v1-rc', 'v10', 'v2'];
    assert.deepEqual(JSON.parse(reply.text), { name: 'team/app', tags });
    assert.equal(reply.header('link'), undefined);
    const head = await send('HEAD', '/v2/team/app/tags/list');
    assert.equal(head.header('content-length'), reply.header('content-length'));
    assert.equal(head.bytes.byteLength, 0);
  }),
  httpCase('tags come in pages of n, each leading to the next', async ({ send }) => {
    await pushTags(send, ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(await walk(send, '/v2/team/app/tags/list?n=2', tagsOf), [['a', 'b'], ['c', 'd'], ['e']]);
    assert.deepEqual(await walk(send, '/v2/team/app/tags/list?n=5', tagsOf), [['a', 'b', 'c', 'd', 'e']]);
    assert.deepEqual(await walk(send, '/v2/team/app/tags/list?last=bb', tagsOf), [['c', 'd', 'e']]);
    assert.deepEqual(await walk(send, '/v2/team/app/tags/list?n=1&last=d', tagsOf), [['e']]);
    assert.deepEqual(await walk(send, '/v2/team/app/tags/list?last=e', tagsOf), [[]]);
    assert.deepEqual(await walk(send, '/v2/team/app/tags/list?n=&last=', tagsOf), [
      ['a', 'b', 'c', 'd', 'e'],
    ]);
  }),
  httpCase(
    'tags beyond the limit of a page are led to, however many are asked for',
    async ({ send }) => {
      await pushTags(send, ['a', 'b', 'c']);
      assert.deepEqual(await walk(send, '/v2/team/app/tags/list', tagsOf), [['a', 'b'], ['c']]);
      assert.deepEqual(await walk(send, '/v2/team/app/tags/list?n=99999999999999999999999', tagsOf), [
        ['a', 'b'],
        ['c'],
      ]);
    },
    { maxTags: 2 },
  ),
  httpCase('tags of n=0 are none, and there is no next page', async ({ send }) => {
    await pushTags(send, ['a']);
    const reply = await send('GET', '/v2/team/app/tags/list?n=0');
    assert.deepEqual(JSON.parse(reply.text), { name: 'team/app', tags: [] });
    assert.equal(reply.header('link'), undefined);
  }),
  httpCase(
    'tags answer 404 when the repository is unknown, and 400 to a wrong n or last',
    async ({ send }) => {
      assertRefused(await send('GET', '/v2/nobody/nothing/tags/list'), 404, 'NAME_UNKNOWN');
      assertRefused(await send('GET', '/v2/nobody/nothing/tags/list?n=0'), 404, 'NAME_UNKNOWN');
      await pushTags(send, ['a']);
      for (const n of ['-1', 'x', '1.5', '1e3', '0x1']) {
        assertRefused(await send('GET', `/v2/team/app/tags/list?n=${n}`), 400, 'PAGINATION_NUMBER_INVALID');
      }
      assertRefused(await send('GET', '/v2/team/app/tags/list?last=..%2F..'), 400, 'TAG_INVALID');
    },
  ),
  httpCase('catalog lists the repositories in pages', async ({ send }) => {
    const bytes = await artifact();
    for (const name of ['b', 'a', 'a/b', 'a-b']) await pushManifest(send, name, 'v1', bytes);
    assert.deepEqual(await walk(send, '/v2/_catalog', namesOf), [['a', 'a-b', 'a/b', 'b']]);
    assert.deepEqual(await walk(send, '/v2/_catalog?n=3', namesOf), [['a', 'a-b', 'a/b'], ['b']]);
    assert.deepEqual(await walk(send, '/v2/_catalog?n=0', namesOf), [[]]);
    assert.deepEqual(await walk(send, '/v2/_catalog?last=a-b', namesOf), [['a/b', 'b']]);
    assertRefused(await send('GET', '/v2/_catalog?n=-1'), 400, 'PAGINATION_NUMBER_INVALID');
    assertRefused(await send('GET', '/v2/_catalog?last=NO'), 400, 'NAME_INVALID');
  }),
  httpCase(
    'catalog pages end at the limit',
    async ({ send }) => {
      const bytes = await artifact();
      for (const name of ['a', 'b', 'c']) await pushManifest(send, name, 'v1', bytes);
      assert.deepEqual(await walk(send, '/v2/_catalog?n=100', namesOf), [['a', 'b'], ['c']]);
    },
    { maxRepositories: 2 },
  ),
  httpCase('referrers of anything are an index, of nothing an empty one', async ({ send }) => {
    for (const digest of [missing, `sha512:${'0'.repeat(128)}`]) {
      const reply = await send('GET', `/v2/nobody/nothing/referrers/${digest}`);
      assert.equal(reply.status, 200);
      assert.equal(reply.header('content-type'), ociIndex);
      assert.deepEqual(JSON.parse(reply.text), { schemaVersion: 2, mediaType: ociIndex, manifests: [] });
      assert.equal(reply.header('oci-filters-applied'), undefined);
    }
    assertRefused(await send('GET', '/v2/team/app/referrers/sha256:bad'), 400, 'DIGEST_INVALID');
    assertRefused(await send('GET', '/v2/team/app/referrers/latest'), 400, 'DIGEST_INVALID');
  }),
  httpCase('referrers can be filtered by their type, and come in pages', async ({ send }) => {
    const subject = { mediaType: ociImage, digest: missing, size: 7 };
    const expected = new Map<string, string[]>();
    for (const [index, artifactType] of ['a/sbom+json', 'a/sig', 'a/sbom+json', 'a/sbom+json'].entries()) {
      const bytes = await artifact({ subject, artifactType, annotations: { index: String(index) } });
      const digest = await pushManifest(send, 'team/app', `v${index}`, bytes);
      expected.set(artifactType, [...(expected.get(artifactType) ?? []), digest].toSorted());
    }
    const target = `/v2/team/app/referrers/${missing}`;
    const digestsOf = (text: string): string[] =>
      (JSON.parse(text) as Index).manifests.map(({ digest }) => digest);

    const all = await send('GET', target);
    assert.deepEqual(digestsOf(all.text), [...expected.values()].flat().toSorted());
    const [descriptor] = (JSON.parse(all.text) as Index).manifests;
    assert.ok(descriptor?.artifactType !== undefined && descriptor.annotations !== undefined);

    for (const query of [
      'artifactType=a/sbom%2Bjson',
      'artifactType=a/sbom+json',
      'artifactType=a%2Fsbom%2Bjson',
    ]) {
      const filtered = await send('GET', `${target}?${query}`);
      assert.equal(need(filtered, 'oci-filters-applied'), 'artifactType');
      assert.deepEqual(digestsOf(filtered.text), expected.get('a/sbom+json'));
    }
    const pages = await walk(send, `${target}?n=2&artifactType=a%2Fsbom%2Bjson`, digestsOf);
    assert.deepEqual(
      pages.map(({ length }) => length),
      [2, 1],
    );
    assert.deepEqual(pages.flat(), expected.get('a/sbom+json'));
  }),
  httpCase(
    'referrers of long annotations are given in several answers, each no larger than a manifest',
    async ({ send }) => {
      const subject = { mediaType: ociImage, digest: missing, size: 7 };
      const digests: string[] = [];
      for (let index = 0; index < 3; index += 1) {
        const annotations = { long: String(index).repeat(2_000_000) };
        digests.push(
          await pushManifest(send, 'team/app', `v${index}`, await artifact({ subject, annotations })),
        );
      }
      const sizes: number[] = [];
      const pages = await walk(send, `/v2/team/app/referrers/${missing}`, (text) => {
        sizes.push(text.length);
        return (JSON.parse(text) as Index).manifests.map(({ digest }) => digest);
      });
      assert.deepEqual(pages.flat(), digests.toSorted());
      assert.ok(sizes.length > 1 && sizes.every((size) => size <= 4 * 1024 * 1024), String(sizes));
    },
  ),
  httpCase('referrers stay listed with a blob of the same repository gone', async ({ send }) => {
    const subject = { mediaType: ociImage, digest: missing, size: 7 };
    const digest = await pushManifest(send, 'team/app', 'v1', await artifact({ subject }));
    const config = await pushBlob(send, 'team/app', '{}');
    await send('DELETE', `/v2/team/app/blobs/${config}`);
    const reply = await send('GET', `/v2/team/app/referrers/${missing}`);
    assert.equal((JSON.parse(reply.text) as Index).manifests[0]?.digest, digest);
  }),
];
