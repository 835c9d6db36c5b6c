import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { byteStream, collect } from '@lading/bytes';
import { type RegistryHandler, createHandler } from '@lading/handlers';
import { registryStore } from '@lading/registry-store';
import { memoryStorage } from '@lading/storage-memory';
import { toFetch } from '../src/index.ts';

/** Answers with what a body held. */
const echo: RegistryHandler = async ({ body }) => ({ status: 200, headers: [], body: await collect(body) });

function post(body: string, headers: Record<string, string> = {}): Request {
  return new Request('http://registry.test/', { method: 'POST', headers, body });
}

test('toFetch gives the request as the client sent it', async () => {
  const seen: unknown[] = [];
  const fetch = toFetch(async ({ method, path, query, header, remote, secure }) => {
    await Promise.resolve();
    seen.push({ method, path, query, remote, secure, host: header('host'), none: header('x-none') });
    return { status: 200, headers: [] };
  });
  await fetch(new Request('https://registry.test:5000/v2/a%20b/?x=%20&y=1#z', { method: 'PUT' }), {
    remote: '192.0.2.1',
  });
  await fetch(new Request('http://registry.test'));
  const none = undefined;
  assert.deepEqual(seen, [
    {
      method: 'PUT',
      path: '/v2/a%20b/',
      query: 'x=%20&y=1',
      remote: '192.0.2.1',
      secure: true,
      host: 'registry.test:5000',
      none,
    },
    { method: 'GET', path: '/', query: '', remote: none, secure: false, host: 'registry.test', none },
  ]);
});

test('toFetch rejects a body of another length than its Content-Length', async () => {
  const fetch = toFetch(echo);
  assert.equal(await (await fetch(post('hello', { 'content-length': '5' }))).text(), 'hello');
  await assert.rejects(fetch(post('hello', { 'content-length': '6' })), { code: 'SIZE_INVALID' });
  await assert.rejects(fetch(post('hello', { 'content-length': '4' })), { code: 'SIZE_INVALID' });
});

test('toFetch ends the stream behind an answer that is not read to its end', async () => {
  const closed = Promise.withResolvers<void>();
  const body = byteStream({ pull: async () => new Uint8Array(1000), close: closed.resolve });
  const response = await toFetch(async () => ({ status: 200, headers: [], body }))(
    new Request('http://registry.test/'),
  );
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await closed.promise;
});

test('toFetch errors an answer whose body fails in its middle', async () => {
  let left = 2;
  const pull = async (): Promise<Uint8Array> => {
    left -= 1;
    if (left < 0) throw new Error('the disk is gone');
    return new Uint8Array(1000);
  };
  const body = byteStream({ pull, close: () => {} });
  const response = await toFetch(async () => ({ status: 200, headers: ['Content-Length', '5000'], body }))(
    new Request('http://registry.test/'),
  );
  await assert.rejects(response.arrayBuffer());
});

test('toFetch passes the abort of a request on', async () => {
  const controller = new AbortController();
  const fetch = toFetch(async ({ signal }) => {
    setTimeout(() => controller.abort(new Error('gone')), 10);
    await once(signal, 'abort');
    return { status: 499, headers: [] };
  });
  const response = await fetch(new Request('http://registry.test/', { signal: controller.signal }));
  assert.equal(response.status, 499);
});

test('toFetch lets no chunk be recycled', async () => {
  const fetch = toFetch(createHandler(registryStore({ storage: memoryStorage() })));
  let asked: boolean | undefined = true;
  await toFetch(async ({ recycle }) => {
    await Promise.resolve();
    asked = recycle;
    return { status: 200, headers: [] };
  })(new Request('http://registry.test/'));
  assert.notEqual(asked, true);
  assert.equal((await fetch(new Request('http://registry.test/v2/'))).status, 200);
});
