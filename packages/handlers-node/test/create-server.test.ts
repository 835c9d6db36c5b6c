import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { type ByteStream, byteStream, collect } from '@lading/bytes';
import { type RegistryHandler, type RegistryRequest, createHandler } from '@lading/handlers';
import { registryStore } from '@lading/registry-store';
import { memoryStorage } from '@lading/storage-memory';
import { listening } from './client.ts';
import { head, rawClient, sleep } from './raw-client.ts';

const registryHandler = (): RegistryHandler => createHandler(registryStore({ storage: memoryStorage() }));
const uploads = '/v2/a/blobs/uploads/';
const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Answers `/slow` after a while, streams what is asked of `/stream`, reads bodies of POST and leaves those of PUT. */
function scripted(
  script: Partial<Record<string, (request: RegistryRequest) => ReturnType<RegistryHandler>>>,
): RegistryHandler {
  return async (request) =>
    script[request.path]?.(request) ?? { status: 404, headers: ['Content-Length', '0'] };
}

const said = (text: string): Awaited<ReturnType<RegistryHandler>> => ({
  status: 200,
  headers: ['Content-Length', String(text.length)],
  body: new TextEncoder().encode(text),
});

test('createServer answers 100 Continue when the body is first read', async () => {
  await using running = await listening(registryHandler());
  using client = await rawClient(running.port);
  const digest = digestOf('hello');
  client.write(head(`POST ${uploads}?digest=${digest}`, 'Content-Length: 5', 'Expect: 100-continue'));
  await client.until('HTTP/1.1 100 Continue\r\n\r\n');
  assert.equal(client.received(), 'HTTP/1.1 100 Continue\r\n\r\n');
  client.write('hello');
  await client.until('HTTP/1.1 201');
});

test('createServer does not ask for a body that is not welcome', async () => {
  await using running = await listening(
    createHandler(registryStore({ storage: memoryStorage() }), {
      access: () => Promise.resolve({ kind: 'challenge', challenge: 'Basic realm="x"' }),
    }),
  );
  using client = await rawClient(running.port);
  client.write(head(`POST ${uploads}?digest=x`, 'Content-Length: 500000', 'Expect: 100-continue'));
  await client.until('UNAUTHORIZED');
  assert.match(client.received(), /^HTTP\/1\.1 401 /);
  assert.match(client.received(), /\r\nConnection: close\r\n/);
  client.socket.end();
  await client.closed;
});

test('createServer refuses expectations it does not know', async () => {
  await using running = await listening(registryHandler());
  using client = await rawClient(running.port);
  client.write(head('GET /v2/', 'Expect: wonders', 'Connection: close'));
  assert.match(await client.closed, /^HTTP\/1\.1 417 /);
});

for (const size of [100_000, 8_000_000, 64_000_000]) {
  test(`createServer lets a client that sends ${size} bytes read why it was refused`, async () => {
    await using running = await listening(registryHandler());
    const body = new Uint8Array(size);
    const reply = await running.send('PUT', '/v2/NO/manifests/v1', { body });
    assert.equal(reply.status, 400);
    assert.match(reply.text, /NAME_INVALID/);
  });
}

test('createServer keeps the connection after a short body that nobody read', async () => {
  await using running = await listening(registryHandler());
  using client = await rawClient(running.port);
  client.write(`${head('PUT /v2/NO/manifests/v1', 'Content-Length: 4')}{} \n`);
  await client.until('NAME_INVALID');
  client.write(head('GET /v2/', 'Connection: close'));
  assert.match(await client.closed, /^HTTP\/1\.1 400[^]*HTTP\/1\.1 200/);
});

test('createServer gives up a client that was answered and goes on sending without end', async () => {
  await using running = await listening(registryHandler());
  using client = await rawClient(running.port);
  client.write(head('PUT /v2/NO/manifests/v1', 'Transfer-Encoding: chunked'));
  const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
  for (let sent = 0; sent < 200 && !client.socket.destroyed; sent += 1) {
    if (!client.socket.write(chunk))
      await Promise.race([once(client.socket, 'drain').catch(() => {}), client.closed]);
  }
  assert.match(await client.closed, /^HTTP\/1\.1 400 /);
});

test('createServer cuts a client that stalls in its body, and keeps what came', async () => {
  await using running = await listening(registryHandler(), { stallTimeout: 300 });
  const begun = await running.send('POST', uploads);
  const location = begun.header('location') ?? '';
  using client = await rawClient(running.port);
  client.write(`${head(`PATCH ${location}`, 'Content-Length: 10')}hello`);
  const start = performance.now();
  assert.equal(await client.closed, '');
  assert.ok(performance.now() - start < 3000);
  await sleep(100);
  assert.equal((await running.send('GET', location)).header('range'), '0-4');
});

test('createServer lets a slow transfer take as long as it takes', async () => {
  await using running = await listening(registryHandler(), { stallTimeout: 300, headersTimeout: 500 });
  const digest = digestOf('0123456789');
  using client = await rawClient(running.port);
  client.write(head(`POST ${uploads}?digest=${digest}`, 'Content-Length: 10', 'Connection: close'));
  for (let digit = 0; digit < 10; digit += 1) {
    await sleep(150);
    client.write(String(digit));
  }
  assert.match(await client.closed, /^HTTP\/1\.1 201 /);
});

test('createServer cuts a client that does not take what it asked for', async () => {
  const closed = Promise.withResolvers<void>();
  const endless = (): ByteStream =>
    byteStream({ pull: async () => new Uint8Array(256 * 1024), close: closed.resolve });
  const handler = scripted({ '/': async () => ({ status: 200, headers: [], body: endless() }) });
  await using running = await listening(handler, { stallTimeout: 300 });
  using client = await rawClient(running.port);
  client.socket.pause();
  client.write(head('GET /'));
  await closed.promise;
});

test('createServer waits for a handler that takes longer than a client may', async () => {
  const handler = scripted({
    '/': async ({ body }) => {
      await collect(body);
      await sleep(1000);
      return said('done');
    },
  });
  await using running = await listening(handler, { stallTimeout: 200 });
  assert.equal((await running.send('POST', '/', { body: 'x' })).text, 'done');
});

test('createServer ends idle connections after the keep-alive timeout, not the stall timeout', async () => {
  await using running = await listening(scripted({ '/': async () => said('x') }), {
    stallTimeout: 100,
    keepAliveTimeout: 600,
  });
  using client = await rawClient(running.port);
  client.write(head('GET /'));
  await client.until('\r\n\r\nx');
  await sleep(300);
  client.write(head('GET /'));
  await client.until(/x[^]*\r\n\r\nx/);
  await client.closed;
});

test('createServer ends a client whose head does not arrive', async () => {
  await using running = await listening(registryHandler(), { headersTimeout: 400 });
  using client = await rawClient(running.port);
  client.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n');
  const start = performance.now();
  const drip = setInterval(() => client.write('X: y\r\n'), 50);
  assert.match(await client.closed, /^(?:HTTP\/1\.1 408 |$)/);
  clearInterval(drip);
  assert.ok(performance.now() - start < 5000);
});

test('createServer refuses a flood of headers with 431', async () => {
  await using running = await listening(registryHandler());
  using client = await rawClient(running.port);
  client.write(
    head('GET /v2/', ...Array.from({ length: 3000 }, (_, index) => `X-${index}: ${'y'.repeat(20)}`)),
  );
  assert.match(await client.closed, /^HTTP\/1\.1 431 /);
  assert.equal((await running.send('GET', '/v2/')).status, 200);
});

test('createServer refuses what is not HTTP with 400', async () => {
  await using running = await listening(registryHandler());
  for (const nonsense of [
    '\0\0\0\0\r\n\r\n',
    'GET\r\n\r\n',
    'GET /v2/ HTTP/1.1\r\n\r\n',
    'GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ]) {
    using client = await rawClient(running.port);
    client.write(nonsense);
    assert.match(await client.closed, /^HTTP\/1\.1 400 /);
  }
  assert.equal((await running.send('GET', '/v2/')).status, 200);
});

test('createServer takes bytes beyond Content-Length for no part of the body', async () => {
  await using running = await listening(registryHandler());
  const digest = digestOf('hello');
  using client = await rawClient(running.port);
  client.write(`${head(`POST ${uploads}?digest=${digest}`, 'Content-Length: 5')}hello and more\r\n\r\n`);
  // They are another request, which is malformed.
  assert.match(await client.closed, /HTTP\/1\.1 400 /);
  const stored = await running.send('GET', `/v2/a/blobs/${digest}`);
  assert.ok(stored.status === 404 || stored.text === 'hello', stored.text);
});

test('createServer answers requests that are sent without waiting, in their order', async () => {
  const handler = scripted({
    '/slow': async () => {
      await sleep(100);
      return said('slow');
    },
    '/fast': async () => said('fast'),
  });
  await using running = await listening(handler);
  using client = await rawClient(running.port);
  client.write(
    head('GET /slow') + head('GET /fast') + head('GET /slow') + head('GET /fast', 'Connection: close'),
  );
  const answers = await client.closed;
  assert.deepEqual(
    answers.match(/\r\n\r\n(slow|fast)/g)?.map((text) => text.trim()),
    ['slow', 'fast', 'slow', 'fast'],
  );
});

test('createServer serves a target that is a whole URL', async () => {
  await using running = await listening(registryHandler());
  for (const [target, status] of [
    ['http://registry.test/v2/?x=y', 200],
    ['http://registry.test', 404],
    ['*', 40],
  ] as const) {
    using client = await rawClient(running.port);
    client.write(head(`GET ${target}`, 'Connection: close'));
    assert.match(await client.closed, new RegExp(`^HTTP/1\\.1 ${status}`));
  }
});

test('createServer breaks the connection when a body fails in its middle', async () => {
  const chunks = (count: number): ByteStream => {
    let left = count;
    return byteStream({
      pull: async () => {
        left -= 1;
        if (left < 0) throw new Error('the disk is gone');
        return new Uint8Array(1000);
      },
      close: () => {},
    });
  };
  const short = async (): ReturnType<RegistryHandler> => ({
    status: 200,
    headers: ['Content-Length', '5000'],
    body: byteStream({ pull: async () => undefined, close: () => {} }),
  });
  const handler = scripted({
    '/known': async () => ({ status: 200, headers: ['Content-Length', '5000'], body: chunks(2) }),
    '/chunked': async () => ({ status: 200, headers: [], body: chunks(2) }),
    '/long': async () => ({ status: 200, headers: ['Content-Length', '1500'], body: chunks(9) }),
    '/short': short,
  });
  const errors: unknown[] = [];
  await using running = await listening(handler, { onError: (error) => errors.push(error) });
  for (const target of ['/known', '/chunked', '/long', '/short']) {
    await assert.rejects(running.send('GET', target), target);
  }
  assert.equal(errors.length, 4);
  assert.equal((await running.send('GET', '/nothing')).status, 404);
});

test('createServer breaks the connection when a handler rejects, which it must not', async () => {
  const errors: unknown[] = [];
  await using running = await listening(() => Promise.reject(new Error('a defect')), {
    onError: (error) => errors.push(error),
  });
  await assert.rejects(running.send('GET', '/'));
  assert.equal(errors.length, 1);
});

test('createServer writes a chunk out before it asks for the next', async () => {
  const size = 100_000;
  const count = 200;
  const handler = scripted({
    '/': async ({ recycle }) => {
      assert.equal(recycle, true);
      const buffer = new Uint8Array(size);
      let index = 0;
      const pull = async (): Promise<Uint8Array | undefined> => {
        // What has not left by now is spoilt.
        buffer.fill(index % 251);
        index += 1;
        return index > count ? undefined : buffer;
      };
      return {
        status: 200,
        headers: ['Content-Length', String(size * count)],
        body: byteStream({ pull, close: () => {} }),
      };
    },
  });
  await using running = await listening(handler);
  const { bytes } = await running.send('GET', '/');
  assert.equal(bytes.byteLength, size * count);
  for (let index = 0; index < count; index += 1) {
    const chunk = bytes.subarray(index * size, (index + 1) * size);
    assert.ok(
      chunk.every((byte) => byte === index % 251),
      `chunk ${index}`,
    );
  }
});

test('createServer stops the work for a client that leaves', async () => {
  const closed = Promise.withResolvers<void>();
  const reason = Promise.withResolvers<unknown>();
  const handler = scripted({
    '/stream': async () => ({
      status: 200,
      headers: [],
      body: byteStream({
        pull: async () => {
          await sleep(5);
          return new Uint8Array(10_000);
        },
        close: closed.resolve,
      }),
    }),
    '/wait': async ({ signal }) => {
      await once(signal, 'abort');
      reason.resolve(signal.reason);
      return { status: 499, headers: [] };
    },
  });
  const errors: unknown[] = [];
  await using running = await listening(handler, { onError: (error) => errors.push(error) });
  for (const target of ['/stream', '/wait']) {
    using client = await rawClient(running.port);
    client.write(head(`GET ${target}`));
    await sleep(50);
    client.socket.destroy();
  }
  await closed.promise;
  assert.match(String(await reason.promise), /the client has gone/);
  assert.deepEqual(errors, []);
});

test('createServer leaves the signal alone when a request was answered', async () => {
  const signals: AbortSignal[] = [];
  const handler = scripted({
    '/': async ({ signal }) => {
      signals.push(signal);
      return said('x');
    },
  });
  await using running = await listening(handler);
  await running.send('GET', '/');
  await sleep(50);
  assert.equal(signals[0]?.aborted, false);
});

test('createServer survives a client that leaves in the middle of its body', async () => {
  const failures: unknown[] = [];
  await using running = await listening(
    createHandler(registryStore({ storage: memoryStorage() }), { onError: (error) => failures.push(error) }),
  );
  for (const [line, ...headers] of [
    [`POST ${uploads}?digest=sha256:${'0'.repeat(64)}`, 'Content-Length: 1000'],
    [`PUT /v2/a/manifests/v1`, 'Content-Length: 1000'],
    [`PUT /v2/a/manifests/v1`, 'Transfer-Encoding: chunked'],
  ] as const) {
    using client = await rawClient(running.port);
    client.write(`${head(line, ...headers)}5\r\nhello\r\n`);
    await sleep(50);
    client.socket.destroy();
    await sleep(50);
  }
  assert.deepEqual(failures, []);
  assert.equal((await running.send('GET', '/v2/')).status, 200);
});

test('NodeServer.drain finishes what is under way and takes nothing new', async () => {
  const handler = scripted({
    '/slow': async () => {
      await sleep(300);
      return said('slow');
    },
    '/fast': async () => said('fast'),
  });
  await using running = await listening(handler);
  using idle = await rawClient(running.port);
  idle.write(head('GET /fast'));
  await idle.until('fast');
  using busy = await rawClient(running.port);
  busy.write(head('GET /slow'));
  await sleep(50);

  const start = performance.now();
  const drained = running.node.drain();
  await idle.closed;
  await assert.rejects(rawClient(running.port));
  assert.match(await busy.closed, /\r\nConnection: close\r\n[^]*slow$/);
  await drained;
  assert.ok(performance.now() - start < 2000);
});

test('NodeServer.drain ends connections whose answer had begun before', async () => {
  const handler = scripted({
    '/stream': async () => {
      let left = 5;
      const pull = async (): Promise<Uint8Array | undefined> => {
        left -= 1;
        await sleep(50);
        return left < 0 ? undefined : new Uint8Array(10).fill(65);
      };
      return { status: 200, headers: ['Content-Length', '50'], body: byteStream({ pull, close: () => {} }) };
    },
  });
  await using running = await listening(handler);
  using client = await rawClient(running.port);
  client.write(head('GET /stream'));
  await client.until('A');
  await running.node.drain();
  assert.match(await client.closed, /A{50}$/);
});

test('NodeServer.drain cuts off what is under way at its deadline', async () => {
  const handler = scripted({ '/': () => new Promise<never>(() => {}) });
  await using running = await listening(handler);
  using client = await rawClient(running.port);
  client.write(head('GET /'));
  await sleep(50);
  const start = performance.now();
  await running.node.drain({ signal: AbortSignal.timeout(100) });
  assert.equal(await client.closed, '');
  assert.ok(performance.now() - start < 2000);
});

test('createServer goes on when a connection cannot be taken', async () => {
  const errors: unknown[] = [];
  await using running = await listening(registryHandler(), { onError: (error) => errors.push(error) });
  running.node.server.emit('error', new Error('accept EMFILE'));
  assert.equal((await running.send('GET', '/v2/')).status, 200);
  assert.equal(errors.length, 1);
});

test('NodeServer.listen rejects when the port is taken', async () => {
  await using running = await listening(registryHandler());
  await assert.rejects(listeningOn(running.port), { code: 'EADDRINUSE' });
});

async function listeningOn(port: number): Promise<void> {
  const { createServer } = await import('../src/index.ts');
  await createServer(registryHandler()).listen({ port, host: '127.0.0.1' });
}

test('createServer keeps its connections open for many requests', async () => {
  await using running = await listening(registryHandler());
  using client = await rawClient(running.port);
  for (let count = 1; count <= 50; count += 1) {
    client.write(head('GET /v2/'));
    while (client.received().split('\r\n\r\n{}').length <= count) await sleep(1);
  }
  assert.match(client.received(), /\r\nKeep-Alive: timeout=75\r\n/);
});
