import assert from 'node:assert/strict';
import { RegistryError } from '@lading/errors';
import type { HandlerOptions } from '@lading/handlers';
import { isWritable } from '@lading/repository';
import type { HttpCase } from './exchange.ts';
import {
  artifact,
  assertRefused,
  codeOf,
  httpCase,
  locationOf,
  pushBlob,
  pushManifest,
  withRepositories,
} from './fixture.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const manifest = '/v2/team/app/manifests/v1';

/** A registry whose manifests fail with this. */
function failing(make: () => Error, options: HandlerOptions = {}): Parameters<typeof httpCase>[2] {
  const fail = async (): Promise<never> => {
    await Promise.resolve();
    throw make();
  };
  return {
    onError: () => {},
    ...options,
    serve: (registry) =>
      withRepositories(registry, (repository) => ({
        ...repository,
        manifests: { ...repository.manifests, get: fail, stat: fail },
      })),
  };
}

const seen: unknown[] = [];

export const api: readonly HttpCase[] = [
  httpCase('/v2/ tells that this is a registry, with and without its slash', async ({ send }) => {
    for (const target of ['/v2/', '/v2', '/v2/?x=y']) {
      const reply = await send('GET', target);
      assert.equal(reply.status, 200);
      assert.equal(reply.text, '{}');
      assert.equal(reply.header('content-type'), 'application/json');
      assert.equal(reply.header('docker-distribution-api-version'), 'registry/2.0');
      assert.equal(reply.header('x-content-type-options'), 'nosniff');
      const head = await send('HEAD', target);
      assert.equal(head.header('content-length'), '2');
      assert.equal(head.bytes.byteLength, 0);
    }
  }),
  httpCase('OPTIONS tells what may be done', async ({ send }) => {
    const allow = async (target: string): Promise<string | undefined> => {
      const reply = await send('OPTIONS', target);
      assert.equal(reply.status, 200);
      return reply.header('allow');
    };
    assert.equal(await allow('/v2/'), 'GET, HEAD, OPTIONS');
    assert.equal(await allow(manifest), 'GET, HEAD, PUT, DELETE, OPTIONS');
    assert.equal(await allow('/v2/team/app/blobs/uploads/'), 'POST, OPTIONS');
    assert.equal(await allow('/v2/team/app/blobs/uploads/1'), 'GET, HEAD, PATCH, PUT, DELETE, OPTIONS');
  }),
  httpCase('other methods are 405 with those that there are', async ({ send }) => {
    for (const [method, target] of [
      ['POST', '/v2/'],
      ['PUT', '/v2/_catalog'],
      ['PATCH', manifest],
      ['PUT', `/v2/team/app/blobs/${digest}`],
      ['GET', '/v2/team/app/blobs/uploads/'],
      ['DELETE', `/v2/team/app/referrers/${digest}`],
    ] as const) {
      const reply = await send(method, target);
      assertRefused(reply, 405, 'UNSUPPORTED');
      assert.match(reply.header('allow') ?? '', /OPTIONS$/);
    }
  }),
  httpCase('paths outside the API are 404', async ({ send }) => {
    for (const target of [
      '/',
      '/v1/',
      '/v2x',
      '/favicon.ico',
      '/v2/team',
      '/v2/team/app',
      '/v2/manifests/v1',
      '/v2/team/app/nothing/v1',
    ]) {
      assertRefused(await send('GET', target), 404, 'UNSUPPORTED');
    }
  }),
  httpCase('paths with tricks are refused and touch nothing', async ({ send }) => {
    for (const target of [
      '/v2/team%2Fapp/tags/list',
      '/v2/team%2fapp/manifests/v1',
      '/v2/team/app%00/tags/list',
      '/v2/team/%2e%2e%2fapp/tags/list',
      '/v2/team%5Capp/tags/list',
      '/v2/team/%E0%A4%A/tags/list',
      '/v2/team/%/tags/list',
      '/v2/Team/app/tags/list',
      '/v2/team//app/tags/list',
      `/v2/${'a/'.repeat(500)}a/tags/list`,
      `/v2/${'a'.repeat(10_000)}/manifests/v1`,
    ]) {
      assertRefused(await send('GET', target), 400, 'NAME_INVALID');
    }
    for (const target of [
      '/v2/../../etc/passwd',
      '/v2/team/../../../etc/tags/list',
      '/v2/team/app/manifests/..%2f..%2fx',
    ]) {
      const reply = await send('GET', target);
      assert.ok(reply.status === 400 || reply.status === 404, `${target}: ${reply.status}`);
      codeOf(reply);
    }
  }),
  httpCase(
    'a prefix stands before every path',
    async ({ send }) => {
      const blob = await pushBlobUnder(send, '/some/where');
      assert.match(blob, /^\/some\/where\/v2\/team\/app\/blobs\/sha256:/);
      assert.equal((await send('GET', '/some/where/v2/')).status, 200);
      for (const target of ['/v2/', '/some/wherev2/', '/some/where', '/some']) {
        assertRefused(await send('GET', target), 404, 'UNSUPPORTED');
      }
    },
    { prefix: '/some/where/' },
  ),
  httpCase(
    'places are absolute where a host is set',
    async ({ send }) => {
      const place = 'https://registry.example:5000/base/v2/team/app/blobs/';
      const begun = await send('POST', '/v2/team/app/blobs/uploads/');
      assert.ok(locationOf(begun).startsWith(`${place}uploads/`));
      const { pathname, search } = new URL(locationOf(begun));
      const patched = await send('PATCH', pathname.slice('/base'.length) + search, { body: 'x' });
      assert.ok(locationOf(patched).startsWith(`${place}uploads/`));
    },
    { location: { kind: 'host', url: 'https://registry.example:5000/base/' } },
  ),
  httpCase(
    'places are where the client came to, when absolute ones are asked for',
    async ({ send }) => {
      const headers = {
        host: 'registry.example:5000',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'evil.example',
      };
      const reply = await send('POST', '/v2/team/app/blobs/uploads/', { headers });
      assert.match(locationOf(reply), /^http:\/\/(?!evil)[^/]+\/v2\/team\/app\/blobs\/uploads\//);
    },
    { location: { kind: 'request' } },
  ),
  httpCase(
    'headers of the settings are on every answer',
    async ({ send }) => {
      for (const [method, target] of [
        ['GET', '/v2/'],
        ['OPTIONS', manifest],
        ['GET', manifest],
        ['GET', '/nowhere'],
        ['POST', '/v2/team/app/blobs/uploads/'],
      ] as const) {
        const reply = await send(method, target);
        assert.equal(reply.header('access-control-allow-origin'), '*');
        assert.equal(reply.header('x-many'), 'a, b');
        assert.equal(reply.header('x-content-type-options'), 'none');
      }
    },
    {
      headers: { 'Access-Control-Allow-Origin': '*', 'X-Many': ['a', 'b'], 'x-content-type-options': 'none' },
    },
  ),
  httpCase(
    'deletes that are off are 405, but an upload may be given up',
    async ({ send }) => {
      const blob = await pushBlob(send, 'team/app', 'x');
      await pushManifest(send, 'team/app', 'v1', await artifact());
      for (const target of [manifest, `/v2/team/app/blobs/${blob}`]) {
        const reply = await send('DELETE', target);
        assertRefused(reply, 405, 'UNSUPPORTED');
        assert.doesNotMatch(reply.header('allow') ?? '', /DELETE/);
      }
      const begun = await send('POST', '/v2/team/app/blobs/uploads/');
      assert.equal((await send('DELETE', locationOf(begun))).status, 204);
    },
    { deletes: false },
  ),
  httpCase(
    'a registry that is read-only takes nothing',
    async ({ send }) => {
      assert.equal((await send('GET', '/v2/')).status, 200);
      for (const [method, target] of [
        ['POST', '/v2/team/app/blobs/uploads/'],
        ['PUT', manifest],
        ['DELETE', manifest],
        ['PATCH', '/v2/team/app/blobs/uploads/1?_state=x'],
      ] as const) {
        assertRefused(await send(method, target), 405, 'UNSUPPORTED');
      }
    },
    { readOnly: true },
  ),
  httpCase(
    'a registry that can only be read is served as such',
    async ({ send }) => {
      assert.equal((await send('GET', `/v2/team/app/referrers/${digest}`)).status, 200);
      assertRefused(await send('POST', '/v2/team/app/blobs/uploads/'), 405, 'UNSUPPORTED');
      assertRefused(await send('PUT', manifest, { body: 'x' }), 405, 'UNSUPPORTED');
    },
    {
      serve: ({ repositories, repository }) => ({
        repositories,
        repository: (name) => {
          const whole = repository(name);
          assert.ok(isWritable(whole));
          const { blobs, manifests, tags, referrers } = whole;
          return { name, blobs, manifests, tags, referrers };
        },
      }),
    },
  ),
  httpCase(
    'a failure nobody foresaw is 500 and tells the client nothing',
    async ({ send }) => {
      for (const method of ['GET', 'HEAD']) {
        const reply = await send(method, `${manifest}?secret=1`);
        assert.equal(reply.status, 500);
        assert.doesNotMatch(reply.text, /srv|Error|at /);
        if (method === 'GET') assert.equal(codeOf(reply), 'UNKNOWN');
      }
      assert.equal(seen.length % 2, 0);
      const [error, request] = seen.slice(-1)[0] as [Error, unknown];
      assert.match(error.message, /srv/);
      assert.deepEqual(request, { method: 'HEAD', path: manifest });
    },
    failing(() => new TypeError('Cannot read "/srv/registry/docker"'), {
      onError: (...told) => seen.push(told),
    }),
  ),
  httpCase(
    'a failure with a code says when to try again',
    async ({ send }) => {
      const reply = await send('GET', manifest);
      assertRefused(reply, 503, 'UNAVAILABLE');
      assert.equal(reply.header('retry-after'), '7');
      assert.doesNotMatch(reply.text, /srv/);
    },
    failing(() => new RegistryError('UNAVAILABLE', { cause: new Error('/srv/registry') }), { retryAfter: 7 }),
  ),
  httpCase(
    'a failure that knows when to try again is believed',
    async ({ send }) => {
      const reply = await send('GET', manifest);
      assertRefused(reply, 429, 'TOOMANYREQUESTS');
      assert.equal(reply.header('retry-after'), '3');
    },
    failing(() => new RegistryError('TOOMANYREQUESTS', { retryAfter: 2.5 })),
  ),
];

async function pushBlobUnder(send: Parameters<typeof pushBlob>[0], prefix: string): Promise<string> {
  let location = '';
  await pushBlob(
    async (method, target, sent) => {
      const reply = await send(method, prefix + target, sent);
      location = locationOf(reply);
      return reply;
    },
    'team/app',
    'x',
  );
  assert.equal((await send('GET', location)).text, 'x');
  return location;
}
