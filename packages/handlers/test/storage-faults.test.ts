import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect, fromChunks } from '@lading/bytes';
import { digestOf } from '@lading/digest';
import { type RegistryHandler, type RegistryRequest, createHandler } from '@lading/handlers';
import { registryStore } from '@lading/registry-store';
import { memoryStorage } from '@lading/storage-memory';
import { artifact, ociImage } from './http-cases/fixture.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly header: (name: string) => string | undefined;
}

async function ask(
  handler: RegistryHandler,
  method: string,
  target: string,
  body: Uint8Array = new Uint8Array(),
): Promise<Answer> {
  const [path = '', query = ''] = target.split('?');
  const sent: Readonly<Record<string, string>> = {
    'content-length': String(body.byteLength),
    'content-type': ociImage,
  };
  const { signal } = new AbortController();
  const header = (name: string): string | undefined => sent[name];
  const request: RegistryRequest = { method, path, query, header, body: fromChunks(body), signal };
  const { status, headers, body: content } = await handler(request);
  const bytes = content === undefined || content instanceof Uint8Array ? content : await collect(content);
  return {
    status,
    text: new TextDecoder().decode(bytes),
    header: (name) => headers[headers.findIndex((field) => field.toLowerCase() === name) + 1],
  };
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

test('createHandler never takes a storage that cannot be read for one that lacks something', async () => {
  let broken = false;
  const whole = memoryStorage();
  const storage = new Proxy(whole, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        if (broken && name === 'list') throw new Error(`EIO: i/o error, scandir '/srv/secret'`);
        if (broken) return Promise.reject(new Error(`EIO: i/o error, open '/srv/secret'`));
        return Reflect.apply(member, target, given);
      };
    },
  });
  const told: unknown[] = [];
  const handler = createHandler(registryStore({ storage }), { onError: (error) => told.push(error) });
  const digest = await digestOf(text('{}'));
  const manifest = await artifact();
  assert.equal((await ask(handler, 'POST', `/v2/a/blobs/uploads/?digest=${digest}`, text('{}'))).status, 201);
  assert.equal((await ask(handler, 'PUT', '/v2/a/manifests/v1', manifest)).status, 201);

  broken = true;
  // A new registry, which remembers nothing.
  const cold = createHandler(registryStore({ storage }), { onError: (error) => told.push(error) });
  const targets = `
    GET /v2/_catalog
    GET /v2/a/tags/list
    GET /v2/a/manifests/v1
    HEAD /v2/a/manifests/v1
    GET /v2/a/manifests/${await digestOf(manifest)}
    GET /v2/a/blobs/${digest}
    HEAD /v2/a/blobs/${digest}
    GET /v2/a/referrers/${digest}
    DELETE /v2/a/manifests/v1
    DELETE /v2/a/blobs/${digest}
    POST /v2/b/blobs/uploads/?mount=${digest}&from=a
  `;
  for (const line of targets.trim().split('\n')) {
    const [method = '', target = ''] = line.trim().split(' ');
    told.length = 0;
    const answer = await ask(cold, method, target);
    assert.ok(answer.status >= 500, `${line}: ${answer.status} ${answer.text}`);
    assert.doesNotMatch(answer.text, /secret|EIO/);
    assert.ok(told.length > 0, line);
  }
});

test('createHandler tells that there is no room, and the upload goes on when there is', async () => {
  let full = false;
  const whole = memoryStorage();
  const cramped = memoryStorage({ capacity: 0 });
  const writes: ReadonlySet<string | symbol> = new Set(['write', 'put']);
  // The same storage, full for a while.
  const storage = new Proxy(whole, {
    get: (target, name): unknown => Reflect.get(full && writes.has(name) ? cramped : target, name),
  });
  const handler = createHandler(registryStore({ storage }));
  const begun = await ask(handler, 'POST', '/v2/a/blobs/uploads/');
  const location = begun.header('location') ?? '';
  const digest = await digestOf(text('hello'));

  full = true;
  for (const [method, target] of [
    ['PATCH', location],
    ['PUT', `${location}&digest=${digest}`],
  ] as const) {
    const refused = await ask(handler, method, target, text('hello'));
    assert.ok(refused.status === 507 || refused.status === 503, `${method}: ${refused.status}`);
    assert.match(refused.text, /UNAVAILABLE/);
  }
  full = false;
  assert.equal((await ask(handler, 'PUT', `${location}&digest=${digest}`, text('hello'))).status, 201);
  assert.equal((await ask(handler, 'GET', `/v2/a/blobs/${digest}`)).text, 'hello');
});
