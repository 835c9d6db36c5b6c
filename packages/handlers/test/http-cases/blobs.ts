import assert from 'node:assert/strict';
import { digestOf } from '@lading/digest';
import { type HttpCase, toBytes } from './exchange.ts';
import { assertRefused, httpCase, locationOf, pushBlob, withRepositories } from './fixture.ts';

const missing = `sha256:${'0'.repeat(64)}`;
const content = new Uint8Array(2500).map((_, index) => index % 251);

/** Range header, and the part of `content` that it names: 206; or the status that is answered instead. */
const ranges: ReadonlyArray<[header: string, expected: readonly [start: number, end: number] | 200 | 416]> = [
  ['bytes=500-1499', [500, 1499]],
  ['bytes=500-', [500, 2499]],
  ['bytes=-500', [2000, 2499]],
  ['bytes=2000-5000', [2000, 2499]],
  ['bytes=0-0', [0, 0]],
  ['bytes=-9999', [0, 2499]],
  ['bytes=500-0', 416],
  ['bytes=5000-10000', 416],
  ['bytes=2500-', 416],
  ['bytes=-0', 416],
  ['bytes=0-1,5-6', 200],
  ['bytes=a-b', 200],
  ['lines=1-2', 200],
];

export const blobs: readonly HttpCase[] = [
  httpCase('blob HEAD and GET tell and give what was pushed', async ({ send }) => {
    const digest = await pushBlob(send, 'team/app', content);
    const get = await send('GET', `/v2/team/app/blobs/${digest}`);
    assert.equal(get.status, 200);
    assert.deepEqual(get.bytes, content);
    assert.equal(get.header('content-length'), '2500');
    assert.equal(get.header('content-type'), 'application/octet-stream');
    assert.equal(get.header('docker-content-digest'), digest);
    assert.equal(get.header('etag'), `"${digest}"`);
    assert.match(get.header('cache-control') ?? '', /max-age=31536000.*immutable/);
    assert.equal(get.header('accept-ranges'), 'bytes');
    const head = await send('HEAD', `/v2/team/app/blobs/${digest}`);
    assert.equal(head.status, 200);
    assert.equal(head.bytes.byteLength, 0);
    assert.deepEqual(withoutDate(head.headers), withoutDate(get.headers));
  }),
  httpCase('blob GET gives a blob of many chunks whole', async ({ send }) => {
    const large = new Uint8Array(3_000_017).map((_, index) => (index * 7919) >> 3);
    const digest = await pushBlob(send, 'team/app', large, 'sha512');
    const get = await send('GET', `/v2/team/app/blobs/${digest}`);
    assert.equal(await digestOf(get.bytes, 'sha512'), digest);
    assert.equal(get.header('docker-content-digest'), digest);
  }),
  httpCase('blob GET gives the empty blob, whatever range is asked for', async ({ send }) => {
    const digest = await pushBlob(send, 'team/app', '');
    for (const headers of [{}, { range: 'bytes=0-' }, { range: 'bytes=-1' }]) {
      const get = await send('GET', `/v2/team/app/blobs/${digest}`, { headers });
      assert.equal(get.status, 200);
      assert.equal(get.header('content-length'), '0');
    }
  }),
  httpCase('blob GET answers 304 when If-None-Match names the digest', async ({ send }) => {
    const digest = await pushBlob(send, 'team/app', content);
    for (const tag of [`"${digest}"`, `W/"${digest}"`, `"other", "${digest}"`, '*']) {
      for (const method of ['GET', 'HEAD']) {
        const reply = await send(method, `/v2/team/app/blobs/${digest}`, {
          headers: { 'if-none-match': tag },
        });
        assert.equal(reply.status, 304, tag);
        assert.equal(reply.header('etag'), `"${digest}"`);
        assert.equal(reply.bytes.byteLength, 0);
      }
    }
    const other = await send('GET', `/v2/team/app/blobs/${digest}`, {
      headers: { 'if-none-match': '"other"' },
    });
    assert.equal(other.status, 200);
  }),
  httpCase('blob GET gives the range that is asked for', async ({ send }) => {
    const digest = await pushBlob(send, 'team/app', content);
    for (const [range, expected] of ranges) {
      const reply = await send('GET', `/v2/team/app/blobs/${digest}`, { headers: { range } });
      if (expected === 416) {
        assertRefused(reply, 416, 'RANGE_INVALID');
        assert.equal(reply.header('content-range'), 'bytes */2500');
        continue;
      }
      const [start, end] = expected === 200 ? [0, 2499] : expected;
      assert.equal(reply.status, expected === 200 ? 200 : 206, range);
      assert.deepEqual(reply.bytes, content.subarray(start, end + 1), range);
      assert.equal(reply.header('content-length'), String(end - start + 1));
      assert.equal(
        reply.header('content-range'),
        expected === 200 ? undefined : `bytes ${start}-${end}/2500`,
      );
    }
  }),
  httpCase('blob GET heeds a range only if If-Range names the digest', async ({ send }) => {
    const digest = await pushBlob(send, 'team/app', content);
    const statusFor = async (ifRange: string): Promise<number> => {
      const headers = { range: 'bytes=1-2', 'if-range': ifRange };
      return (await send('GET', `/v2/team/app/blobs/${digest}`, { headers })).status;
    };
    assert.equal(await statusFor(`"${digest}"`), 206);
    assert.equal(await statusFor('"another"'), 200);
    assert.equal(await statusFor(`W/"${digest}"`), 200);
    assert.equal(await statusFor('Wed, 21 Oct 2015 07:28:00 GMT'), 200);
  }),
  httpCase('blob HEAD ignores ranges', async ({ send }) => {
    const digest = await pushBlob(send, 'team/app', content);
    const reply = await send('HEAD', `/v2/team/app/blobs/${digest}`, { headers: { range: 'bytes=0-1' } });
    assert.equal(reply.status, 200);
    assert.equal(reply.header('content-length'), '2500');
  }),
  httpCase('blob HEAD and GET answer 404 when blob or repository are unknown', async ({ send }) => {
    await pushBlob(send, 'team/app', content);
    for (const name of ['team/app', 'nobody/nothing']) {
      assertRefused(await send('GET', `/v2/${name}/blobs/${missing}`), 404, 'BLOB_UNKNOWN');
      const head = await send('HEAD', `/v2/${name}/blobs/${missing}`);
      assert.equal(head.status, 404);
      assert.equal(head.bytes.byteLength, 0);
    }
  }),
  httpCase('blob GET answers 400 when the digest is malformed', async ({ send }) => {
    for (const digest of [
      'sha256:baddigeststring',
      'sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709',
      'latest',
    ]) {
      assertRefused(await send('GET', `/v2/team/app/blobs/${digest}`), 400, 'DIGEST_INVALID');
    }
  }),
  httpCase('blob DELETE takes the blob out of one repository', async ({ send }) => {
    const digest = await pushBlob(send, 'team/app', content);
    await pushBlob(send, 'team/other', content);
    assert.equal((await send('DELETE', `/v2/team/app/blobs/${digest}`)).status, 202);
    assertRefused(await send('GET', `/v2/team/app/blobs/${digest}`), 404, 'BLOB_UNKNOWN');
    assertRefused(await send('DELETE', `/v2/team/app/blobs/${digest}`), 404, 'BLOB_UNKNOWN');
    assert.equal((await send('GET', `/v2/team/other/blobs/${digest}`)).status, 200);
  }),
  httpCase(
    'blob GET leads to the bytes where the registry has a link, and HEAD does not',
    async ({ send }) => {
      const digest = await pushBlob(send, 'team/app', content);
      const target = `/v2/team/app/blobs/${digest}`;
      const get = await send('GET', target);
      assert.equal(get.status, 307);
      assert.equal(locationOf(get), `https://store.example/${digest}?signature=1`);
      const part = await send('GET', target, { headers: { range: 'bytes=0-9' } });
      assert.equal(part.status, 307);
      const beyond = await send('GET', target, { headers: { range: 'bytes=9999-' } });
      assertRefused(beyond, 416, 'RANGE_INVALID');
      const known = await send('GET', target, { headers: { 'if-none-match': `"${digest}"` } });
      assert.equal(known.status, 304);
      const head = await send('HEAD', target);
      assert.equal(head.status, 200);
      assert.equal(head.header('content-length'), '2500');
    },
    { serve: (registry) => withRepositories(registry, (repository) => linked(repository)) },
  ),
  httpCase(
    'blob GET gives the bytes when redirects are off',
    async ({ send }) => {
      const digest = await pushBlob(send, 'team/app', content);
      assert.equal((await send('GET', `/v2/team/app/blobs/${digest}`)).status, 200);
    },
    { redirect: false, serve: (registry) => withRepositories(registry, (repository) => linked(repository)) },
  ),
  httpCase('blob digests are found with an encoded colon', async ({ send }) => {
    const digest = await pushBlob(send, 'team/app', toBytes('x'));
    assert.equal((await send('GET', `/v2/team/app/blobs/${encodeURIComponent(digest)}`)).status, 200);
  }),
];

type Linkable = Parameters<Parameters<typeof withRepositories>[1]>[0];

function linked(repository: Linkable): Linkable {
  const url = async (digest: string): Promise<string> => {
    await Promise.resolve();
    return `https://store.example/${digest}?signature=1`;
  };
  return { ...repository, blobs: { ...repository.blobs, url } };
}

export function withoutDate(headers: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name !== 'date'));
}
