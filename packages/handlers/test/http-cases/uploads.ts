import assert from 'node:assert/strict';
import { digestOf } from '@lading/digest';
import type { Upload } from '@lading/repository';
import { type HttpCase, type Reply, type Send, toBytes } from './exchange.ts';
import {
  assertRefused,
  httpCase,
  locationOf,
  need,
  pushBlob,
  withParameter,
  withRepositories,
} from './fixture.ts';

const content = new Uint8Array(3000).map((_, index) => (index * 31) % 256);
const [first, second, third] = [
  content.subarray(0, 1000),
  content.subarray(1000, 2000),
  content.subarray(2000),
];
const start = '/v2/team/app/blobs/uploads/';

async function begin(send: Send): Promise<string> {
  const reply = await send('POST', start);
  assert.equal(reply.status, 202);
  return locationOf(reply);
}

async function patch(send: Send, target: string, body: Uint8Array, contentRange?: string): Promise<Reply> {
  const headers = contentRange === undefined ? {} : { 'content-range': contentRange };
  return send('PATCH', target, { headers: { 'content-type': 'application/octet-stream', ...headers }, body });
}

function assertCreated(reply: Reply, digest: string): void {
  assert.equal(reply.status, 201, reply.text);
  assert.equal(reply.header('docker-content-digest'), digest);
  assert.equal(locationOf(reply), `/v2/team/app/blobs/${digest}`);
  assert.equal(reply.header('content-length'), '0');
}

async function* inChunks(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield chunk;
  }
}

async function* cutOffAfter(chunk: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield chunk;
  await new Promise((resolve) => setTimeout(resolve, 100));
  throw new Error('the sender is cut off');
}

export const uploads: readonly HttpCase[] = [
  httpCase('upload POST begins one, with all that clients go by', async ({ send }) => {
    for (const target of [start, start.slice(0, -1)]) {
      const reply = await send('POST', target);
      assert.equal(reply.status, 202);
      const id = need(reply, 'docker-upload-uuid');
      assert.match(
        locationOf(reply),
        new RegExp(`^/v2/team/app/blobs/uploads/${id}\\?_state=[A-Za-z0-9_-]+$`),
      );
      assert.equal(reply.header('range'), '0-0');
      assert.equal(reply.header('content-length'), '0');
      assert.equal(reply.header('docker-distribution-api-version'), 'registry/2.0');
    }
  }),
  httpCase('upload POST with digest and body is the whole push', async ({ send }) => {
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const digest = await digestOf(content, algorithm);
      assertCreated(await send('POST', `${start}?digest=${digest}`, { body: content }), digest);
      assert.deepEqual((await send('GET', `/v2/team/app/blobs/${digest}`)).bytes, content);
    }
  }),
  httpCase('upload POST with a digest and a streamed body is the whole push', async ({ send }) => {
    const digest = await digestOf(content);
    assertCreated(
      await send('POST', `${start}?digest=${digest}`, { body: inChunks(first, second, third) }),
      digest,
    );
  }),
  httpCase(
    'upload POST with a digest and no body stores the empty blob, and else begins an upload',
    async ({ send }) => {
      for (const algorithm of ['sha256', 'sha512'] as const) {
        const empty = await digestOf(new Uint8Array(), algorithm);
        assertCreated(await send('POST', `${start}?digest=${empty}`, { body: '' }), empty);
      }
      const digest = await digestOf(content);
      const begun = await send('POST', `${start}?digest=${digest}`);
      assert.equal(begun.status, 202);
      assertCreated(
        await send('PUT', withParameter(locationOf(begun), 'digest', digest), { body: content }),
        digest,
      );
    },
  ),
  httpCase('upload POST refuses wrong bytes and malformed digests', async ({ send }) => {
    const digest = await digestOf(content);
    assertRefused(await send('POST', `${start}?digest=${digest}`, { body: first }), 400, 'DIGEST_INVALID');
    assertRefused(await send('POST', `${start}?digest=sha256:bad`, { body: first }), 400, 'DIGEST_INVALID');
    assertRefused(await send('POST', `${start}?digest-algorithm=md5`), 400, 'DIGEST_INVALID');
    assertRefused(await send('GET', `/v2/team/app/blobs/${digest}`), 404, 'BLOB_UNKNOWN');
  }),
  httpCase('upload POST takes the algorithm of the digest to come', async ({ send }) => {
    const digest = await digestOf(content, 'sha512');
    const begun = await send('POST', `${start}?digest-algorithm=sha512`);
    assert.equal(begun.status, 202);
    const patched = await patch(send, locationOf(begun), content);
    assertCreated(await send('PUT', withParameter(locationOf(patched), 'digest', digest)), digest);
  }),
  httpCase('upload PUT takes the whole body, and the same URL again', async ({ send }) => {
    const digest = await digestOf(content);
    const target = withParameter(await begin(send), 'digest', digest);
    assertRefused(await send('PUT', target, { body: first }), 400, 'DIGEST_INVALID');
    assertCreated(await send('PUT', target, { body: content }), digest);
    assertCreated(await send('PUT', target, { body: content }), digest);
  }),
  httpCase(
    'upload PUT takes a digest named twice, and refuses none, several and malformed ones',
    async ({ send }) => {
      const digest = await digestOf(content);
      const location = await begin(send);
      const once = withParameter(location, 'digest', digest);
      assertRefused(await send('PUT', location, { body: content }), 400, 'DIGEST_INVALID');
      assertRefused(
        await send('PUT', `${once}&digest=${await digestOf(first)}`, { body: content }),
        400,
        'DIGEST_INVALID',
      );
      assertRefused(
        await send('PUT', `${location}&digest=sha256:zz`, { body: content }),
        400,
        'DIGEST_INVALID',
      );
      assertCreated(await send('PUT', `${once}&digest=${digest}`, { body: content }), digest);
    },
  ),
  httpCase('upload PATCH takes chunks in order', async ({ send }) => {
    const digest = await digestOf(content);
    const one = await patch(send, await begin(send), first, '0-999');
    assert.equal(one.status, 202);
    assert.equal(one.header('range'), '0-999');
    assert.equal(one.header('content-length'), '0');
    need(one, 'docker-upload-uuid');
    const two = await patch(send, locationOf(one), second, '1000-1999');
    assert.equal(two.header('range'), '0-1999');
    const headers = { 'content-range': '2000-2999' };
    const end = await send('PUT', withParameter(locationOf(two), 'digest', digest), { headers, body: third });
    assertCreated(end, digest);
    assert.deepEqual((await send('GET', `/v2/team/app/blobs/${digest}`)).bytes, content);
  }),
  httpCase('upload PATCH takes a stream of unknown length', async ({ send }) => {
    const digest = await digestOf(content);
    const patched = await send('PATCH', await begin(send), { body: inChunks(first, second, third) });
    assert.equal(patched.status, 202);
    assert.equal(patched.header('range'), '0-2999');
    assertCreated(await send('PUT', withParameter(locationOf(patched), 'digest', digest)), digest);
  }),
  httpCase('upload PATCH takes a digest in its query, and any or no Content-Type', async ({ send }) => {
    const digest = await digestOf(content);
    const location = withParameter(await begin(send), 'digest', digest);
    const patched = await send('PATCH', location, {
      headers: { 'content-type': 'text/plain' },
      body: content,
    });
    assert.equal(patched.status, 202);
    assertCreated(await send('PUT', withParameter(locationOf(patched), 'digest', digest)), digest);
  }),
  httpCase('upload PATCH without bytes is told as 0-0', async ({ send }) => {
    const patched = await patch(send, await begin(send), new Uint8Array());
    assert.equal(patched.status, 202);
    assert.equal(patched.header('range'), '0-0');
  }),
  httpCase('upload PATCH and PUT out of order answer 416 with the way back', async ({ send }) => {
    const digest = await digestOf(content);
    const begun = await begin(send);
    const early = await patch(send, begun, second, '1000-1999');
    assertRefused(early, 416, 'RANGE_INVALID');
    assert.equal(early.header('range'), '0--1');
    need(early, 'docker-upload-uuid');

    const one = await patch(send, locationOf(early), first, '0-999');
    assert.equal(one.status, 202);
    for (const [body, range] of [
      [third, '2000-2999'],
      [first, '0-999'],
    ] as const) {
      const wrong = await patch(send, locationOf(one), body, range);
      assertRefused(wrong, 416, 'RANGE_INVALID');
      assert.equal(wrong.header('range'), '0-999');
      const headers = { 'content-range': range };
      const put = await send('PUT', withParameter(locationOf(wrong), 'digest', digest), { headers, body });
      assertRefused(put, 416, 'RANGE_INVALID');
      assert.equal(put.header('range'), '0-999');
      need(put, 'location');
    }
    const status = await send('GET', locationOf(one));
    assert.equal(status.status, 204);
    const two = await patch(send, locationOf(status), second, '1000-1999');
    const three = await patch(send, locationOf(two), third, '2000-2999');
    assertCreated(await send('PUT', withParameter(locationOf(three), 'digest', digest)), digest);
  }),
  httpCase('upload PATCH refuses a Content-Range that is malformed or another length', async ({ send }) => {
    const location = await begin(send);
    for (const range of ['nonsense', '5-3', '0-', '-5', '0-99999999999999999999', 'bytes 0-9/']) {
      assertRefused(await patch(send, location, first, range), 400, 'RANGE_INVALID');
    }
    assertRefused(await patch(send, location, first, '0-998'), 400, 'SIZE_INVALID');
    assert.equal((await patch(send, location, first, 'bytes 0-999/3000')).status, 202);
  }),
  httpCase('upload GET tells where it is, on any URL of it', async ({ send }) => {
    const begun = await begin(send);
    const none = await send('GET', begun);
    assert.equal(none.status, 204);
    assert.equal(none.header('range'), '0--1');
    need(none, 'docker-upload-uuid');
    const one = await patch(send, begun, first);
    const two = await patch(send, locationOf(one), second);
    let status: Reply | undefined;
    for (const target of [begun, locationOf(one), locationOf(two)]) {
      status = await send('GET', target);
      assert.equal(status.status, 204);
      assert.equal(status.header('range'), '0-1999');
    }
    assert.ok(status);
    assert.equal((await patch(send, locationOf(status), third)).header('range'), '0-2999');
  }),
  httpCase('upload PATCH keeps what came before its sender was cut off', async ({ send }) => {
    const digest = await digestOf(content);
    const begun = await begin(send);
    await assert.rejects(send('PATCH', begun, { body: cutOffAfter(first) }));
    let status = await send('GET', begun);
    for (let wait = 0; wait < 50 && status.header('range') === '0--1'; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      status = await send('GET', begun);
    }
    assert.equal(status.header('range'), '0-999');
    const rest = await patch(send, locationOf(status), content.subarray(1000), '1000-2999');
    assertCreated(await send('PUT', withParameter(locationOf(rest), 'digest', digest)), digest);
  }),
  httpCase('upload PUT whose sender is cut off leaves the upload as it was', async ({ send }) => {
    const digest = await digestOf(content);
    const one = await patch(send, await begin(send), first);
    const target = withParameter(locationOf(one), 'digest', digest);
    await assert.rejects(send('PUT', target, { body: cutOffAfter(second) }));
    assert.equal((await send('GET', locationOf(one))).header('range'), '0-999');
    assertCreated(await send('PUT', target, { body: content.subarray(1000) }), digest);
  }),
  httpCase('upload DELETE ends it', async ({ send }) => {
    const one = await patch(send, await begin(send), first);
    const reply = await send('DELETE', locationOf(one));
    assert.equal(reply.status, 204);
    assert.equal(reply.bytes.byteLength, 0);
    // Bytes that its session knows of are gone: the upload is, too.
    assertRefused(await send('GET', locationOf(one)), 404, 'BLOB_UPLOAD_UNKNOWN');
    const target = withParameter(locationOf(one), 'digest', await digestOf(content));
    assertRefused(await send('PUT', target, { body: content.subarray(1000) }), 404, 'BLOB_UPLOAD_UNKNOWN');
  }),
  httpCase(
    'upload requests answer 404 when the session is missing, forged or of another repository',
    async ({ send }) => {
      const location = await begin(send);
      const digest = await digestOf(content);
      const [path = ''] = location.split('?');
      const forged = `${location.slice(0, -4)}AAAA`;
      const elsewhere = location.replace('/team/app/', '/team/other/');
      for (const target of [path, `${path}?_state=`, `${path}?_state=abc`, forged, elsewhere]) {
        assertRefused(await send('GET', target), 404, 'BLOB_UPLOAD_UNKNOWN');
        assertRefused(await patch(send, target, first), 404, 'BLOB_UPLOAD_UNKNOWN');
        const put = await send('PUT', withParameter(target, 'digest', digest), { body: content });
        assertRefused(put, 404, 'BLOB_UPLOAD_UNKNOWN');
        assert.equal((await send('DELETE', target)).status, 404);
      }
    },
  ),
  httpCase('mount makes a blob of another repository part of this one', async ({ send }) => {
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const digest = await pushBlob(send, 'team/base', content, algorithm);
      const reply = await send('POST', `${start}?mount=${digest}&from=team%2Fbase`);
      assertCreated(reply, digest);
      assert.deepEqual((await send('GET', `/v2/team/app/blobs/${digest}`)).bytes, content);
    }
  }),
  httpCase('mount without a source finds the blob where everybody may pull', async ({ send }) => {
    const digest = await pushBlob(send, 'team/base', content);
    assertCreated(await send('POST', `${start}?mount=${digest}`), digest);
  }),
  httpCase('mount of what is not there begins an upload', async ({ send }) => {
    const digest = await digestOf(content);
    // Without a source first: the bytes lie somewhere in the registry once they were pushed.
    for (const from of ['', '&from=team/base', '&from=NO', '&from=']) {
      const reply = await send('POST', `${start}?mount=${digest}${from}`);
      assert.equal(reply.status, 202, from);
      assertCreated(
        await send('PUT', withParameter(locationOf(reply), 'digest', digest), { body: content }),
        digest,
      );
      await send('DELETE', `/v2/team/app/blobs/${digest}`);
    }
    assertRefused(await send('POST', `${start}?mount=sha256:bad&from=team/base`), 400, 'DIGEST_INVALID');
  }),
  httpCase('upload digests survive being sent with an encoded colon', async ({ send }) => {
    const digest = await digestOf(toBytes('abc'));
    const target = `${await begin(send)}&digest=${encodeURIComponent(digest)}`;
    assertCreated(await send('PUT', target, { body: 'abc' }), digest);
  }),
  httpCase(
    'upload answers tell the smallest chunk, where there is one',
    async ({ send }) => {
      const begun = await send('POST', start);
      assert.equal(begun.header('oci-chunk-min-length'), '1048576');
      assert.equal((await send('GET', locationOf(begun))).header('oci-chunk-min-length'), '1048576');
    },
    {
      serve: (registry) =>
        withRepositories(registry, (repository) => {
          const { uploads: own } = repository;
          const wishful = async (upload: Promise<Upload>): Promise<Upload> => ({
            ...(await upload),
            minimumChunk: 1048576,
          });
          return {
            ...repository,
            uploads: {
              ...own,
              create: (options) => wishful(own.create(options)),
              status: (session, options) => wishful(own.status(session, options)),
            },
          };
        }),
    },
  ),
  httpCase(
    'upload PUT that was challenged is sent again to the same URL, with the whole body',
    async ({ send }) => {
      const digest = await digestOf(content);
      const headers = { authorization: 'Basic dXNlcjpwYXNz' };
      const begun = await send('POST', start, { headers });
      const target = withParameter(locationOf(begun), 'digest', digest);
      assertRefused(await send('PUT', target, { body: content }), 401, 'UNAUTHORIZED');
      assertCreated(await send('PUT', target, { headers, body: content }), digest);
    },
    {
      access: ({ authorization }) =>
        Promise.resolve(
          authorization === undefined
            ? { kind: 'challenge', challenge: 'Basic realm="x"' }
            : { kind: 'allowed' },
        ),
    },
  ),
];
