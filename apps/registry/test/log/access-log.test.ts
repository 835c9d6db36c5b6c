import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromChunks } from '@lading/bytes';
import type { RegistryRequest, RegistryResponse } from '@lading/handlers';
import { accessLog } from '../../src/log/access-log.ts';
import { silentLog } from '../../src/log/log.ts';
import type { LogFields } from '../../src/log/log.ts';

function request(headers: Readonly<Record<string, string>> = {}): RegistryRequest {
  return {
    method: 'GET',
    path: '/v2/a/blobs/x',
    query: 'n=1&_state=token&ns=docker.io',
    header: (name) => headers[name],
    body: fromChunks(),
    signal: new AbortController().signal,
    remote: '10.0.0.1',
  };
}

async function answered(
  response: RegistryResponse,
  take: (body: AsyncIterator<Uint8Array>) => Promise<void>,
  headers: Readonly<Record<string, string>> = {},
): Promise<LogFields> {
  const told: LogFields[] = [];
  const log = { ...silentLog, info: (_message: string, fields: LogFields = {}) => void told.push(fields) };
  const handler = accessLog(() => Promise.resolve(response), {
    log,
    requestId: () => 'id',
    trustedProxy: (address) => address.startsWith('10.'),
  });
  const { body } = await handler(request(headers));
  assert.equal(told.length, 0, 'nothing is told before the body is over');
  if (body !== undefined && !(body instanceof Uint8Array)) await take(body[Symbol.asyncIterator]());
  assert.equal(told.length, 1);
  return told[0] ?? {};
}

const bytes = new Uint8Array(10);

test('accessLog counts what was taken of a stream', async () => {
  const response = { status: 200, headers: ['Content-Length', '20'], body: fromChunks(bytes, bytes) };
  const whole = await answered(response, async (body) => {
    while ((await body.next()).done !== true);
  });
  assert.deepEqual([whole['bytes'], whole['cut']], [20, undefined]);
});

test('accessLog tells when a client has left', async () => {
  const response = (): RegistryResponse => ({
    status: 200,
    headers: ['Content-Length', '20'],
    body: fromChunks(bytes, bytes),
  });
  const half = await answered(response(), async (body) => {
    await body.next();
    await body.return?.();
  });
  assert.deepEqual([half['bytes'], half['cut']], [10, true]);
  const nothing = await answered(response(), async (body) => void (await body.return?.()));
  assert.deepEqual([nothing['bytes'], nothing['cut']], [0, true]);
});

test('accessLog tells for whom a proxy of ours asks, and what is no secret of the query', async () => {
  const response = { status: 200, headers: [], body: fromChunks(bytes) };
  const fields = await answered(
    response,
    async (body) => {
      while ((await body.next()).done !== true);
    },
    { 'x-forwarded-for': '192.0.2.7', authorization: `Basic ${btoa('ann:secret')}` },
  );
  assert.equal(fields['for'], '192.0.2.7');
  assert.equal(fields['query'], 'n=1&ns=docker.io');
  assert.equal(fields['user'], 'ann');
});
