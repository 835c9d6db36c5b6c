import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { httpClient } from '../peers/http-client.ts';
import type { HttpClient } from '../peers/http-client.ts';
import { digestOf, expectStatus, locationOf, startUpload, withDigest } from '../peers/push.ts';
import { startRegistry } from '../peers/registries.ts';
import type { Server } from '../peers/server.ts';
import { writeImages } from './layouts.ts';
import { assertSameContent, bench, missing, run } from './setup.ts';

const { registry, client, place } = bench();
const mebibyte = 1 << 20;

/** Sends the head of a PATCH and a part of its body, then cuts the connection. */
async function sendPartOf(
  { port }: Server,
  location: string,
  bytes: Uint8Array,
  announced: number,
): Promise<void> {
  const { pathname, search } = new URL(location, 'http://127.0.0.1');
  const head = `PATCH ${pathname}${search} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${announced}\r\n\r\n`;
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.write(head, () => socket.write(bytes, () => resolve())));
  await sleep(100);
  socket.resetAndDestroy();
}

/** Where an upload stands by its own account, asked until it has settled on more than nothing. */
async function offsetOf(
  requests: HttpClient,
  location: string,
): Promise<{ offset: number; location: string }> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const status = await expectStatus(requests, { method: 'GET', path: location }, 204);
    const end = /^0-(\d+)$/.exec(status.headers.range ?? '')?.[1];
    if (end !== undefined) return { offset: Number(end) + 1, location: locationOf(status) };
    await sleep(50);
  }
  throw new Error('Cannot go on with the upload: its status shows no bytes');
}

async function finish(requests: HttpClient, path: string, bytes: Buffer, offset: number): Promise<void> {
  const headers = { 'content-range': `${offset}-${bytes.byteLength - 1}` };
  const patch = { method: 'PATCH', path, headers, body: bytes.subarray(offset) };
  const location = locationOf(await expectStatus(requests, patch, 202));
  const digest = digestOf(bytes);
  await expectStatus(
    requests,
    { method: 'PUT', path: withDigest(location, digest), body: Buffer.alloc(0) },
    201,
  );
  const blob = { method: 'GET', path: `/v2/interrupted/blobs/${digest}` };
  assert.ok((await expectStatus(requests, blob, 200)).body.equals(bytes));
}

test('an upload whose PATCH was cut off goes on from what its status says', async () => {
  const requests = await client();
  const bytes = randomBytes(4 * mebibyte);
  const started = await startUpload(requests, 'interrupted');
  await sendPartOf(await registry(), started, bytes.subarray(0, mebibyte), bytes.byteLength);

  const { offset, location } = await offsetOf(requests, started);
  assert.ok(offset <= mebibyte, `${offset} bytes kept`);
  await finish(requests, location, bytes, offset);
});

for (const end of ['kill', 'stop'] as const) {
  test(`an upload goes on after its registry got ${end === 'kill' ? 'SIGKILL' : 'SIGTERM'}`, async () => {
    const root = await place('data');
    const bytes = randomBytes(2 * mebibyte);
    const first = await startRegistry('lading', { root });
    const before = httpClient(first.origin);
    const patch = { path: await startUpload(before, 'interrupted'), body: bytes.subarray(0, mebibyte) };
    const location = locationOf(await expectStatus(before, { method: 'PATCH', ...patch }, 202));
    before.close();
    await first[end]();

    await using second = await startRegistry('lading', { root, port: first.port });
    const after = httpClient(second.origin);
    const status = await offsetOf(after, location);
    assert.equal(status.offset, mebibyte);
    await finish(after, status.location, bytes, status.offset);
    after.close();
  });
}

test('SIGTERM lets a request that is under way finish', async () => {
  const server = await startRegistry('lading', { root: await place('data') });
  const requests = httpClient(server.origin);
  const path = await startUpload(requests, 'interrupted');
  const slow = async function* slow(): AsyncGenerator<Buffer, void> {
    for (let index = 0; index < 10; index++) {
      yield Buffer.alloc(1_000, index);
      await sleep(50);
    }
  };
  const answer = requests.send({ method: 'PATCH', path, body: slow() });
  await sleep(150);
  const stopped = server.stop();
  assert.equal((await answer).status, 202);
  requests.close();
  await stopped;
});

test(
  'skopeo pushes again after the registry was killed in the middle',
  { skip: missing('skopeo') },
  async () => {
    const root = await place('data');
    const layout = await writeImages(await place('made'));
    const first = await startRegistry('lading', { root });
    const copy = ['copy', '--preserve-digests', '--all', '--dest-tls-verify=false', `oci:${layout}:index`];
    const target = `docker://${first.host}/interrupted/image:v1`;
    const push = run('skopeo', [...copy, target]).then(
      () => 'pushed',
      () => 'failed',
    );
    await sleep(60);
    await first.kill();
    await push;

    await using second = await startRegistry('lading', { root, port: first.port });
    await run('skopeo', [...copy, target]);
    const pulled = await place('pulled');
    const pull = [
      'copy',
      '--preserve-digests',
      '--all',
      '--src-tls-verify=false',
      target,
      `oci:${pulled}:index`,
    ];
    await run('skopeo', pull);
    await assertSameContent([layout, 'index'], [pulled, 'index']);
    assert.ok(!second.ended());
  },
);
