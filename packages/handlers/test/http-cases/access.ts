import assert from 'node:assert/strict';
import { digestOf } from '@lading/digest';
import { type Access, formatScope } from '@lading/repository';
import type { HttpCase } from './exchange.ts';
import { artifact, assertRefused, codeOf, httpCase, pushBlob } from './fixture.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const upload = '/v2/team/app/blobs/uploads/0?_state=x';

/** Each request with the scopes that it needs. */
const needs: ReadonlyArray<[method: string, target: string, scopes: string]> = [
  ['GET', '/v2/', ''],
  ['HEAD', '/v2', ''],
  ['GET', '/v2/_catalog', 'registry:catalog:*'],
  ['GET', '/v2/team/app/tags/list', 'repository:team/app:pull'],
  ['GET', '/v2/team/app/manifests/v1', 'repository:team/app:pull'],
  ['HEAD', `/v2/team/app/manifests/${digest}`, 'repository:team/app:pull'],
  ['PUT', '/v2/team/app/manifests/v1', 'repository:team/app:pull,push'],
  ['DELETE', '/v2/team/app/manifests/v1', 'repository:team/app:delete'],
  ['GET', `/v2/team/app/blobs/${digest}`, 'repository:team/app:pull'],
  ['HEAD', `/v2/team/app/blobs/${digest}`, 'repository:team/app:pull'],
  ['DELETE', `/v2/team/app/blobs/${digest}`, 'repository:team/app:delete'],
  ['POST', '/v2/team/app/blobs/uploads/', 'repository:team/app:pull,push'],
  ['PATCH', upload, 'repository:team/app:pull,push'],
  ['PUT', upload, 'repository:team/app:pull,push'],
  ['GET', upload, 'repository:team/app:pull,push'],
  ['DELETE', upload, 'repository:team/app:pull,push'],
  ['GET', `/v2/team/app/referrers/${digest}`, 'repository:team/app:pull'],
];

/** Challenges with what is asked. */
const challenging: Access = async (_caller, scopes) => {
  await Promise.resolve();
  return { kind: 'challenge', challenge: `Bearer scope="${scopes.map(formatScope).join(' ')}"` };
};

/** Everything but the scopes that match. */
function allBut(forbidden: RegExp, kind: 'challenge' | 'denied'): Access {
  return async (_caller, scopes) => {
    await Promise.resolve();
    if (!scopes.some((scope) => forbidden.test(formatScope(scope)))) return { kind: 'allowed' };
    if (kind === 'denied') return { kind };
    return { kind, challenge: `Bearer scope="${scopes.map(formatScope).join(' ')}"` };
  };
}

const mount = '/v2/team/app/blobs/uploads/?mount=';

export const access: readonly HttpCase[] = [
  httpCase(
    'access is asked for the scopes of each request, and a challenge is passed on',
    async ({ send }) => {
      for (const [method, target, scopes] of needs) {
        const reply = await send(method, target);
        assert.equal(reply.status, 401, `${method} ${target}`);
        assert.equal(reply.header('www-authenticate'), `Bearer scope="${scopes}"`, `${method} ${target}`);
        if (method !== 'HEAD') assert.equal(codeOf(reply), 'UNAUTHORIZED');
      }
    },
    { access: challenging },
  ),
  httpCase(
    'access that is denied is 403',
    async ({ send }) => {
      assertRefused(await send('DELETE', `/v2/team/app/blobs/${digest}`), 403, 'DENIED');
      assert.equal((await send('GET', '/v2/')).status, 200);
    },
    { access: allBut(/delete/, 'denied') },
  ),
  httpCase(
    'access is asked before anything is looked for, and not for OPTIONS and malformed paths',
    async ({ send }) => {
      assert.equal((await send('GET', '/v2/nobody/nothing/tags/list?n=x')).status, 401);
      assert.equal((await send('PUT', '/v2/team/app/manifests/v1', { body: await artifact() })).status, 401);
      assert.equal((await send('OPTIONS', '/v2/team/app/tags/list')).status, 200);
      assertRefused(await send('GET', '/v2/NO/tags/list'), 400, 'NAME_INVALID');
    },
    { access: challenging },
  ),
  httpCase(
    'access hears the credentials as they came, and nothing where there are none',
    async ({ send }) => {
      assert.equal((await send('GET', '/v2/')).status, 401);
      const headers = { authorization: 'Basic dXNlcjpwYXNz' };
      assert.equal((await send('GET', '/v2/', { headers })).status, 200);
    },
    {
      access: async ({ authorization }) => {
        await Promise.resolve();
        return authorization === 'Basic dXNlcjpwYXNz'
          ? { kind: 'allowed', name: 'user' }
          : { kind: 'challenge', challenge: 'Basic realm="x"' };
      },
    },
  ),
  httpCase(
    'access that fails is a failure of ours, and lets nobody in',
    async ({ send }) => {
      const reply = await send('GET', '/v2/');
      assertRefused(reply, 500, 'UNKNOWN');
      assert.doesNotMatch(reply.text, /htpasswd/);
    },
    {
      access: () => Promise.reject(new Error('Cannot read /etc/lading/htpasswd')),
      onError: () => {},
    },
  ),
  httpCase(
    'mount from a repository that is denied begins an upload, whether the blob is there or not',
    async ({ send }) => {
      const there = await digestOf(new TextEncoder().encode('x'));
      for (const target of [`${mount}${there}&from=secret/base`, `${mount}${digest}&from=secret/base`]) {
        assert.equal((await send('POST', target)).status, 202);
      }
    },
    { access: allBut(/secret/, 'denied') },
  ),
  httpCase(
    'mount from a repository that a token could open is a challenge for both',
    async ({ send }) => {
      const reply = await send('POST', `${mount}${digest}&from=secret/base`);
      assertRefused(reply, 401, 'UNAUTHORIZED');
      const scopes = 'repository:team/app:pull,push repository:secret/base:pull';
      assert.equal(reply.header('www-authenticate'), `Bearer scope="${scopes}"`);
    },
    { access: allBut(/secret/, 'challenge') },
  ),
  httpCase(
    'mount into a repository that is denied is refused',
    async ({ send }) => {
      assertRefused(await send('POST', `${mount}${digest}&from=team/base`), 403, 'DENIED');
    },
    { access: allBut(/team\/app/, 'denied') },
  ),
  httpCase(
    'mount without a source begins an upload where the caller may not pull everywhere',
    async ({ send }) => {
      const there = await pushBlob(send, 'team/base', 'content');
      assert.equal((await send('POST', `${mount}${there}`)).status, 202);
      assert.equal((await send('POST', `${mount}${there}&from=team/base`)).status, 201);
    },
    { access: allBut(/:\*:pull/, 'challenge') },
  ),
];
