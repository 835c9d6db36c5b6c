import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ByteStream, collect, fromChunks } from '@lading/bytes';
import { isErrorCode } from '@lading/errors';
import type { RegistryHandler, RegistryRequest, RegistryResponse } from '@lading/handlers';
import { createHandler } from '@lading/handlers';
import { registryStore } from '@lading/registry-store';
import { memoryStorage } from '@lading/storage-memory';

const digest = `sha256:${'0'.repeat(64)}`;
const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const secret = '/srv/secret-place';

const noise = fc.string({ unit: 'binary', maxLength: 40 });
const word = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '',
      '0',
      '1',
      '-1',
      '0-0',
      '5-9',
      '9-5',
      'bytes=0-',
      'bytes=-1',
      'a',
      'a/b',
      'v1',
      '*',
      digest,
      empty,
      `"${digest}"`,
      'sha256',
      'sha512',
      'md5',
    ),
  },
  { weight: 1, arbitrary: noise },
);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'TRACE');
const segment = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      'v2',
      'a',
      'b',
      'manifests',
      'blobs',
      'uploads',
      'tags',
      'list',
      'referrers',
      '_catalog',
      '',
      'v1',
      digest,
      empty,
    ),
  },
  { weight: 1, arbitrary: noise.map(encodeURI) },
);
/** What the API has, so that more than its doors are tried. */
const known = fc.constantFrom<[method: string, path: string]>(
  ['GET', '/v2/_catalog'],
  ['GET', '/v2/a/tags/list'],
  ['GET', '/v2/a/manifests/v1'],
  ['PUT', '/v2/a/manifests/v1'],
  ['PUT', `/v2/a/manifests/${digest}`],
  ['DELETE', '/v2/a/manifests/v1'],
  ['GET', `/v2/a/blobs/${empty}`],
  ['HEAD', `/v2/a/blobs/${empty}`],
  ['DELETE', `/v2/a/blobs/${empty}`],
  ['POST', '/v2/a/blobs/uploads/'],
  ['PATCH', '/v2/a/blobs/uploads/id'],
  ['PUT', '/v2/a/blobs/uploads/id'],
  ['GET', `/v2/a/referrers/${digest}`],
);
const path = fc.array(segment, { maxLength: 7 }).map((parts) => `/${parts.join('/')}`);
const target = fc.oneof({ weight: 3, arbitrary: known }, { weight: 1, arbitrary: fc.tuple(method, path) });
const parameter = fc.constantFrom(
  'n',
  'last',
  'digest',
  'mount',
  'from',
  'tag',
  'artifactType',
  'digest-algorithm',
  '_state',
);
const query = fc
  .array(fc.tuple(parameter, word), { maxLength: 4 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));
const headers = fc.dictionary(
  fc.constantFrom(
    'range',
    'content-range',
    'if-match',
    'if-none-match',
    'if-range',
    'content-type',
    'content-length',
    'authorization',
    'accept',
    'host',
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
  ),
  word,
  { maxKeys: 5 },
);
const body = fc.oneof(
  fc.constantFrom('', '{}', '[]', 'null', '{"schemaVersion":2}', '{"schemaVersion":1}'),
  noise,
  fc.json(),
);
const anyRequest = fc
  .record({ target, query, headers, body })
  .map(({ target: [verb, where], ...rest }): Drawn => ({ method: verb, path: where, ...rest }));

interface Drawn {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function toRequest(drawn: Drawn): RegistryRequest {
  const bytes = new TextEncoder().encode(drawn.body);
  const header = (name: string): string | undefined =>
    Object.hasOwn(drawn.headers, name)
      ? drawn.headers[name]
      : name === 'content-length'
        ? String(bytes.byteLength)
        : undefined;
  const { signal } = new AbortController();
  return { ...drawn, header, body: fromChunks(bytes), signal, remote: '10.0.0.1' };
}

async function textOf(content: Uint8Array | ByteStream | undefined): Promise<string> {
  if (content === undefined) return '';
  return new TextDecoder().decode(content instanceof Uint8Array ? content : await collect(content));
}

/** What every answer is, whatever was asked. */
async function assertSound(
  { status, headers: fields, body: content }: RegistryResponse,
  asked: Drawn,
): Promise<void> {
  assert.ok(status >= 200 && status < 600 && fields.length % 2 === 0);
  const map = new Map<string, string>();
  for (let index = 0; index < fields.length; index += 2) {
    const [name = '', value = ''] = fields.slice(index, index + 2);
    assert.match(name, /^[A-Za-z-]+$/);
    assert.match(value, /^[\t\x20-\x7e\x80-\xff]*$/);
    map.set(name.toLowerCase(), value);
  }
  assert.equal(map.get('docker-distribution-api-version'), 'registry/2.0');
  const text = await textOf(content);
  assert.ok(!text.includes(secret) && !text.includes('    at '), text);
  if (asked.method === 'HEAD' || status === 204 || status === 304) assert.equal(text, '');
  else assert.equal(map.get('content-length'), String(new TextEncoder().encode(text).byteLength));
  if (status >= 400 && asked.method !== 'HEAD') {
    const { errors } = JSON.parse(text) as { errors: Array<{ code: string; message: string }> };
    assert.ok(errors.length > 0 && errors.every(({ code, message }) => isErrorCode(code) && message !== ''));
  }
}

/** Asks each request of one handler: what one leaves behind is there for the next. */
async function askAll(
  handler: RegistryHandler,
  drawn: readonly Drawn[],
  sound: (status: number) => void,
): Promise<void> {
  for (const asked of drawn) {
    const response = await handler(toRequest(asked));
    sound(response.status);
    await assertSound(response, asked);
  }
}

test('createHandler answers any request, and never with a failure of its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRequest, { minLength: 1, maxLength: 12 }), async (drawn) => {
      const failures: unknown[] = [];
      const handler = createHandler(registryStore({ storage: memoryStorage() }), {
        location: { kind: 'request' },
        trustedProxy: () => true,
        onError: (error) => failures.push(error),
      });
      await askAll(handler, drawn, (status) => assert.ok(status < 500, String(status)));
      assert.deepEqual(failures, []);
    }),
    { numRuns: 500 },
  );
});

test('createHandler tells nothing of the storage when every call of it fails', async () => {
  const failing = new Proxy(memoryStorage(), {
    get(storage, name) {
      const member: unknown = Reflect.get(storage, name);
      if (typeof member !== 'function' || name === 'list') return member;
      return () => Promise.reject(new Error(`EACCES: permission denied, open '${secret}/link'`));
    },
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anyRequest, { minLength: 1, maxLength: 4 }), async (drawn) => {
      const handler = createHandler(registryStore({ storage: failing }));
      await askAll(handler, drawn, () => {});
    }),
    { numRuns: 300 },
  );
});
