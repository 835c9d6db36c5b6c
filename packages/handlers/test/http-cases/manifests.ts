import assert from 'node:assert/strict';
import { digestOf } from '@lading/digest';
import { type HttpCase, toBytes } from './exchange.ts';
import { withoutDate } from './blobs.ts';
import {
  artifact,
  assertRefused,
  httpCase,
  locationOf,
  ociImage,
  ociIndex,
  pushBlob,
  pushManifest,
  withRepositories,
} from './fixture.ts';

const missing = `sha256:${'0'.repeat(64)}`;
const image = { 'content-type': ociImage };

export const manifests: readonly HttpCase[] = [
  httpCase('manifest PUT by tag answers with its digest and place', async ({ send }) => {
    const bytes = await artifact();
    await pushBlob(send, 'team/app', '{}');
    const reply = await send('PUT', '/v2/team/app/manifests/v1', { headers: image, body: bytes });
    const digest = await digestOf(bytes);
    assert.equal(reply.status, 201);
    assert.equal(reply.header('docker-content-digest'), digest);
    assert.equal(locationOf(reply), `/v2/team/app/manifests/${digest}`);
    assert.equal(reply.header('oci-subject'), undefined);
    assert.equal(reply.header('oci-tag'), undefined);
    assert.deepEqual((await send('GET', locationOf(reply))).bytes, bytes);
  }),
  httpCase(
    'manifest GET gives the bytes as they were pushed, and HEAD the same headers',
    async ({ send }) => {
      const bytes = toBytes(`${new TextDecoder().decode(await artifact())}\n\n`);
      const digest = await pushManifest(send, 'team/app', 'v1', bytes);
      for (const reference of ['v1', digest]) {
        const get = await send('GET', `/v2/team/app/manifests/${reference}`);
        assert.equal(get.status, 200);
        assert.deepEqual(get.bytes, bytes);
        assert.equal(get.header('content-type'), ociImage);
        assert.equal(get.header('content-length'), String(bytes.byteLength));
        assert.equal(get.header('docker-content-digest'), digest);
        assert.equal(get.header('etag'), `"${digest}"`);
        const immutable = get.header('cache-control')?.includes('immutable');
        assert.equal(immutable, reference === digest);
        assert.equal(get.header('cache-control') === 'no-cache', reference === 'v1');
        const head = await send('HEAD', `/v2/team/app/manifests/${reference}`);
        assert.equal(head.status, 200);
        assert.equal(head.bytes.byteLength, 0);
        assert.deepEqual(withoutDate(head.headers), withoutDate(get.headers));
      }
    },
  ),
  httpCase('manifest GET answers 304 when If-None-Match names it', async ({ send }) => {
    const digest = await pushManifest(send, 'team/app', 'v1', await artifact());
    for (const method of ['GET', 'HEAD']) {
      const headers = { 'if-none-match': `"${digest}"` };
      const reply = await send(method, '/v2/team/app/manifests/v1', { headers });
      assert.equal(reply.status, 304);
      assert.equal(reply.header('docker-content-digest'), digest);
      assert.equal(reply.bytes.byteLength, 0);
      const other = await send(method, '/v2/team/app/manifests/v1', {
        headers: { 'if-none-match': `"${missing}"` },
      });
      assert.equal(other.status, 200);
    }
  }),
  httpCase('manifest GET serves what is stored whatever Accept says', async ({ send }) => {
    await pushManifest(send, 'team/app', 'v1', await artifact());
    for (const accept of [
      'application/vnd.docker.distribution.manifest.v2+json',
      'text/html',
      '',
      'application/json;q=0',
    ]) {
      const reply = await send('GET', '/v2/team/app/manifests/v1', { headers: { accept } });
      assert.equal(reply.status, 200);
      assert.equal(reply.header('content-type'), ociImage);
    }
  }),
  httpCase('manifest GET and HEAD answer 404 when it or its repository are unknown', async ({ send }) => {
    await pushManifest(send, 'team/app', 'v1', await artifact());
    for (const target of [
      '/v2/team/app/manifests/v2',
      `/v2/team/app/manifests/${missing}`,
      '/v2/nobody/nothing/manifests/v1',
    ]) {
      assertRefused(await send('GET', target), 404, 'MANIFEST_UNKNOWN');
      const head = await send('HEAD', target);
      assert.equal(head.status, 404);
      assert.equal(head.bytes.byteLength, 0);
      assert.equal(head.header('content-type'), 'application/json');
    }
  }),
  httpCase('manifest requests answer 400 when the reference is malformed', async ({ send }) => {
    const body = await artifact();
    for (const reference of ['sha256:baddigeststring', 'sha999:abc', `sha256:${'A'.repeat(64)}`]) {
      assertRefused(
        await send('PUT', `/v2/team/app/manifests/${reference}`, { headers: image, body }),
        400,
        'DIGEST_INVALID',
      );
      assertRefused(await send('GET', `/v2/team/app/manifests/${reference}`), 400, 'DIGEST_INVALID');
      assertRefused(await send('DELETE', `/v2/team/app/manifests/${reference}`), 400, 'DIGEST_INVALID');
    }
    for (const tag of ['-v1', '.hidden', 'a'.repeat(129), 'caf%C3%A9', 'a%20b']) {
      assertRefused(
        await send('PUT', `/v2/team/app/manifests/${tag}`, { headers: image, body }),
        400,
        'TAG_INVALID',
      );
    }
  }),
  httpCase('manifest PUT by digest takes the algorithm of the digest', async ({ send }) => {
    const bytes = await artifact();
    const digest = await digestOf(bytes, 'sha512');
    await pushManifest(send, 'team/app', digest, bytes);
    const get = await send('GET', `/v2/team/app/manifests/${digest}`);
    assert.equal(get.header('docker-content-digest'), digest);
    assert.deepEqual(get.bytes, bytes);
  }),
  httpCase('manifest PUT by digest refuses other bytes', async ({ send }) => {
    await pushBlob(send, 'team/app', '{}');
    const sent = { headers: image, body: await artifact() };
    assertRefused(await send('PUT', `/v2/team/app/manifests/${missing}`, sent), 400, 'DIGEST_INVALID');
  }),
  httpCase('manifest PUT by digest sets all tags of its query', async ({ send }) => {
    const bytes = await artifact();
    const digest = await digestOf(bytes);
    await pushBlob(send, 'team/app', '{}');
    const tags = Array.from({ length: 12 }, (_, index) => `v${index}`);
    const query = tags.map((tag) => `tag=${tag}`).join('&');
    const reply = await send('PUT', `/v2/team/app/manifests/${digest}?${query}&tag=v0`, {
      headers: image,
      body: bytes,
    });
    assert.equal(reply.status, 201);
    assert.deepEqual(reply.header('oci-tag')?.split(', '), tags);
    for (const tag of tags) {
      assert.equal(
        (await send('HEAD', `/v2/team/app/manifests/${tag}`)).header('docker-content-digest'),
        digest,
      );
    }
  }),
  httpCase(
    'manifest PUT refuses too many and malformed tags',
    async ({ send }) => {
      const bytes = await artifact();
      const target = `/v2/team/app/manifests/${await digestOf(bytes)}`;
      const many = await send('PUT', `${target}?tag=a&tag=b&tag=c`, { headers: image, body: bytes });
      assertRefused(many, 414, 'TAG_INVALID');
      const wrong = await send('PUT', `${target}?tag=a&tag=../b`, { headers: image, body: bytes });
      assertRefused(wrong, 400, 'TAG_INVALID');
    },
    { maxTagsPerPush: 2 },
  ),
  httpCase('manifest PUT tells that it heeded the subject', async ({ send }) => {
    const subject = { mediaType: ociImage, digest: missing, size: 7 };
    await pushBlob(send, 'team/app', '{}');
    const body = await artifact({ subject });
    const reply = await send('PUT', '/v2/team/app/manifests/v1', { headers: image, body });
    assert.equal(reply.status, 201);
    assert.equal(reply.header('oci-subject'), missing);
  }),
  httpCase('manifest PUT names every missing reference at once', async ({ send }) => {
    const body = await artifact({ layers: [{ mediaType: 'a/b', digest: missing, size: 1 }] });
    const reply = await send('PUT', '/v2/team/app/manifests/v1', { headers: image, body });
    assertRefused(reply, 400, 'MANIFEST_BLOB_UNKNOWN');
    const { errors } = JSON.parse(reply.text) as { errors: unknown[] };
    assert.equal(errors.length, 2);
  }),
  httpCase('manifest PUT refuses what is none', async ({ send }) => {
    await pushBlob(send, 'team/app', '{}');
    const put = async (body: Uint8Array | string, contentType = ociImage): Promise<void> => {
      const sent = { headers: { 'content-type': contentType }, body };
      assertRefused(await send('PUT', '/v2/team/app/manifests/v1', sent), 400, 'MANIFEST_INVALID');
    };
    await put('');
    await put('{"schemaVersion":2');
    await put('[]');
    await put('['.repeat(100_000));
    await put(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
    await put(await artifact(), ociIndex);
    await put(await artifact({ manifests: [] }));
    await put(new Uint8Array([0x7b, 0xff, 0x7d]));
    const schema1 = JSON.stringify({ schemaVersion: 1, name: 'a', tag: 'b', fsLayers: [], history: [] });
    const reply = await send('PUT', '/v2/team/app/manifests/v1', { headers: image, body: schema1 });
    assertRefused(reply, 400, 'MANIFEST_INVALID');
    assert.match(reply.text, /schema 1/);
  }),
  httpCase(
    'manifest PUT refuses more than the limit, announced or not',
    async ({ send }) => {
      const large = new Uint8Array(2000).fill(32);
      const announced = await send('PUT', '/v2/team/app/manifests/v1', { headers: image, body: large });
      assertRefused(announced, 413, 'SIZE_INVALID');
      async function* inChunks(): AsyncGenerator<Uint8Array, void, undefined> {
        await Promise.resolve();
        yield large;
      }
      const streamed = await send('PUT', '/v2/team/app/manifests/v1', { headers: image, body: inChunks() });
      assertRefused(streamed, 413, 'SIZE_INVALID');
    },
    { maxManifestSize: 1000 },
  ),
  httpCase('manifest PUT takes one of four megabytes', async ({ send }) => {
    const annotations = { padding: 'x'.repeat(4 * 1024 * 1024 - 1000) };
    await pushManifest(send, 'team/app', 'v1', await artifact({ annotations }));
    assert.equal((await send('HEAD', '/v2/team/app/manifests/v1')).status, 200);
  }),
  httpCase('manifest PUT by tag heeds If-None-Match and If-Match', async ({ send }) => {
    const [one, two] = [
      await artifact({ annotations: { n: '1' } }),
      await artifact({ annotations: { n: '2' } }),
    ];
    await pushBlob(send, 'team/app', '{}');
    const put = async (body: Uint8Array, name: string, value: string): Promise<number> => {
      const headers = { ...image, [name]: value };
      return (await send('PUT', '/v2/team/app/manifests/v1', { headers, body })).status;
    };
    const [first, second] = [await digestOf(one), await digestOf(two)];
    assert.equal(await put(one, 'if-match', '*'), 412);
    assert.equal(await put(one, 'if-match', `"${first}"`), 412);
    assert.equal(await put(one, 'if-none-match', '*'), 201);
    assert.equal(await put(two, 'if-none-match', '*'), 412);
    assert.equal(await put(two, 'if-none-match', `"${first}"`), 412);
    assert.equal(await put(two, 'if-match', `W/"${first}"`), 412);
    assert.equal(await put(two, 'if-match', `"${second}"`), 412);
    assert.equal((await send('HEAD', '/v2/team/app/manifests/v1')).header('docker-content-digest'), first);
    assert.equal(await put(two, 'if-match', `"${missing}", "${first}"`), 201);
    assert.equal((await send('HEAD', '/v2/team/app/manifests/v1')).header('docker-content-digest'), second);
    assert.equal(await put(one, 'if-match', '*'), 201);
    assert.equal(await put(one, 'if-match', 'nonsense'), 400);
    const both = { ...image, 'if-match': '*', 'if-none-match': '*' };
    assert.equal((await send('PUT', '/v2/team/app/manifests/v1', { headers: both, body: one })).status, 400);
  }),
  httpCase('manifest PUT with If-None-Match * lets one of many through', async ({ send }) => {
    await pushBlob(send, 'team/app', '{}');
    const bodies = await Promise.all(
      Array.from({ length: 8 }, (_, n) => artifact({ annotations: { n: String(n) } })),
    );
    const headers = { ...image, 'if-none-match': '*' };
    const replies = await Promise.all(
      bodies.map((body) => send('PUT', '/v2/team/app/manifests/v1', { headers, body })),
    );
    const countOf = (wanted: number): number => replies.filter(({ status }) => status === wanted).length;
    assert.deepEqual([countOf(201), countOf(412)], [1, 7]);
  }),
  httpCase(
    'manifest DELETE by tag leaves the manifest, and by digest takes its tags along',
    async ({ send }) => {
      const bytes = await artifact();
      const digest = await pushManifest(send, 'team/app', 'v1', bytes);
      await pushManifest(send, 'team/app', 'v2', bytes);
      assert.equal((await send('DELETE', '/v2/team/app/manifests/v1')).status, 202);
      assert.equal((await send('GET', '/v2/team/app/manifests/v1')).status, 404);
      assert.equal((await send('GET', `/v2/team/app/manifests/${digest}`)).status, 200);
      assert.equal((await send('DELETE', `/v2/team/app/manifests/${digest}`)).status, 202);
      assert.equal((await send('GET', '/v2/team/app/manifests/v2')).status, 404);
      for (const reference of ['v1', 'v2', digest]) {
        assertRefused(await send('DELETE', `/v2/team/app/manifests/${reference}`), 404, 'MANIFEST_UNKNOWN');
      }
    },
  ),
  httpCase(
    'manifest GET calls a type that could do harm plain bytes',
    async ({ send }) => {
      await pushManifest(send, 'team/app', 'v1', await artifact());
      const reply = await send('GET', '/v2/team/app/manifests/v1');
      assert.equal(reply.header('content-type'), 'application/octet-stream');
    },
    {
      serve: (registry) =>
        withRepositories(registry, (repository) => {
          const { manifests: own } = repository;
          const get: typeof own.get = async (...given) => ({
            ...(await own.get(...given)),
            mediaType: 'text/html\r\nx: y',
          });
          return { ...repository, manifests: { ...own, get } };
        }),
    },
  ),
];
