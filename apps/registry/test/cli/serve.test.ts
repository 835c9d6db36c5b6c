import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, mkdir, rm, symlink } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pullImage, pushBlob, pushImage } from '../client.ts';
import { eventually, runProgram, serve, temporaryDirectory, writeConfiguration } from '../program.ts';

test('lading-registry without arguments serves this machine, from ./data', async (t) => {
  const directory = await temporaryDirectory(t);
  const { url, lines, process, ended } = await serve(t, { directory });
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const [first] = lines();
  assert.deepEqual(
    { level: first?.['level'], data: first?.['data'], try: first?.['try'] },
    {
      level: 'info',
      data: join(directory, 'data'),
      try: `skopeo copy --dest-tls-verify=false docker://docker.io/library/alpine docker://${url.slice('http://'.length)}/alpine`,
    },
  );

  const image = await pushImage(url, 'team/app', 'v1');
  await pullImage(url, 'team/app', 'v1', image);
  const deleted = await fetch(`${url}/v2/team/app/manifests/v1`, { method: 'DELETE' });
  assert.equal(deleted.status, 202, 'a first try may delete');
  await access(join(directory, 'data/docker/registry/v2/blobs'));

  process.kill('SIGTERM');
  const { status, stdout } = await ended;
  assert.equal(status, 0);
  assert.equal((JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { message: string }).message, 'ended');
});

test('a request leaves one line, with its id and without its secrets', async (t) => {
  const { url, line, lines } = await serve(t);
  const started = await fetch(`${url}/v2/a/b/blobs/uploads/?digest-algorithm=sha256`, {
    method: 'POST',
    headers: {
      'X-Request-ID': 'from-the-proxy',
      Authorization: 'Bearer hush-hush',
      'User-Agent': 'tester/1',
    },
  });
  assert.equal(started.status, 202);
  assert.equal(started.headers.get('x-request-id'), 'from-the-proxy');
  const location = started.headers.get('location') ?? '';
  assert.match(location, /_state=/);
  const status = await fetch(url + location, {
    headers: { 'X-Request-ID': 'two\twords', Authorization: `Basic ${btoa('me:hush-hush')}` },
  });
  assert.match(status.headers.get('x-request-id') ?? '', /^[0-9a-f]{16}-\w+$/);

  const post = await line(({ message }) => message.startsWith('POST '));
  const { time, ms, ...rest } = post;
  assert.ok(Math.abs(Date.parse(String(time)) - Date.now()) < 60_000);
  assert.equal(typeof ms, 'number');
  assert.deepEqual(rest, {
    level: 'info',
    message: 'POST /v2/a/b/blobs/uploads/',
    id: 'from-the-proxy',
    query: 'digest-algorithm=sha256',
    status: 202,
    bytes: 0,
    remote: '127.0.0.1',
    agent: 'tester/1',
  });
  await line(({ message }) => message.startsWith('GET /v2/a/b/blobs/uploads/'));
  const everything = JSON.stringify(lines());
  assert.ok(!everything.includes('hush'), 'no credentials');
  assert.ok(!everything.includes('_state'), 'no state of an upload');
});

test('the log can be told what to hold', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeConfiguration(
    directory,
    'version: 0.1\nstorage: inmemory\nlog: {accesslog: {disabled: true}, formatter: logstash, fields: {service: registry}}\nhttp: {addr: "127.0.0.1:0"}\nhealth: {storagedriver: {enabled: true}}\n',
  );
  const { url, lines } = await serve(t, { directory, args: ['serve', 'config.yml'] });
  const response = await fetch(`${url}/v2/`);
  assert.match(response.headers.get('x-request-id') ?? '', /^[0-9a-f]{16}-1$/);
  await fetch(`${url}/v2/`);
  const all = lines();
  assert.deepEqual(
    all.map(({ message, level }) => [level, message]),
    [
      ['warn', 'config.yml:5:1: "health" has no effect: ask /livez and /readyz, which are always there'],
      ['info', `listening on ${url}`],
    ],
  );
  for (const line of all) {
    assert.equal(line['@version'], '1');
    assert.equal(line['service'], 'registry');
    assert.ok('@timestamp' in line);
  }
});

test('SIGTERM lets requests under way end, refuses new ones, and ends with 0', async (t) => {
  const directory = await temporaryDirectory(t);
  const { url, process, ended, line } = await serve(t, { directory });
  const { port } = new URL(url);
  const push = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: `/v2/a/blobs/uploads/?digest=sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824`,
    headers: { 'Content-Length': 5, 'Content-Type': 'application/octet-stream' },
  });
  push.write('he');
  await new Promise((resolve) => setTimeout(resolve, 200));
  process.kill('SIGTERM');
  await line(({ message }) => message.startsWith('SIGTERM'));
  await assert.rejects(fetch(`${url}/v2/`), 'it takes no new connections');
  push.end('llo');
  const [response] = (await once(push, 'response')) as [IncomingMessage];
  response.resume();
  assert.equal(response.statusCode, 201);
  assert.equal(response.headers.connection, 'close');
  const { status, stdout } = await ended;
  assert.equal(status, 0);
  assert.match(stdout, /"message":"POST \/v2\/a\/blobs\/uploads\/".*"status":201/);
});

test('SIGTERM waits no longer than http.draintimeout', async (t) => {
  const { url, process, ended, line } = await serve(t, {
    environment: { REGISTRY_HTTP_DRAINTIMEOUT: '300ms' },
  });
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    'POST /v2/a/blobs/uploads/?digest=sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe',
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  process.kill('SIGTERM');
  await line(({ message }) => message.startsWith('SIGTERM'));
  const start = performance.now();
  assert.equal((await ended).status, 0);
  assert.ok(performance.now() - start < 5000);
});

test('a second signal ends at once, with 1', async (t) => {
  const { url, process, ended, line } = await serve(t);
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    'POST /v2/a/blobs/uploads/?digest=sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe',
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  process.kill('SIGTERM');
  await line(({ message }) => message.startsWith('SIGTERM'));
  process.kill('SIGINT');
  const { status, stdout } = await ended;
  assert.equal(status, 1);
  assert.match(stdout, /SIGINT: ending at once/);
});

test('/livez and /readyz tell what they are asked and nothing else', async (t) => {
  const directory = await temporaryDirectory(t);
  const { url, process, line } = await serve(t, { directory });
  const ask = async (path: string, method = 'GET'): Promise<readonly [number, string]> => {
    const response = await fetch(url + path, { method });
    return [response.status, await response.text()];
  };
  assert.deepEqual(await ask('/livez'), [200, 'live\n']);
  assert.deepEqual(await ask('/readyz'), [200, 'ready\n']);
  assert.deepEqual(await ask('/readyz', 'HEAD'), [200, '']);
  assert.deepEqual(await ask('/readyz', 'POST'), [405, '']);

  await rm(join(directory, 'data'), { recursive: true });
  await eventually(async () => ((await ask('/readyz'))[0] === 503 ? true : undefined));
  assert.deepEqual(await ask('/readyz'), [503, 'not ready\n']);
  assert.deepEqual(await ask('/livez'), [200, 'live\n']);
  const { level } = await line(({ message }) => message === 'storage does not answer');
  assert.equal(level, 'error');
  process.kill('SIGKILL');
});

test('two processes with one http.secret go on with the uploads of each other', async (t) => {
  const directory = await temporaryDirectory(t);
  const environment = { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: join(directory, 'data') };
  const one = await serve(t, { environment: { ...environment, REGISTRY_HTTP_SECRET: '0123456789012345' } });
  const two = await serve(t, {
    environment: { ...environment, REGISTRY_HTTP_SECRET: '["the new one, of both", "0123456789012345"]' },
  });
  const stranger = await serve(t, {
    environment: { ...environment, REGISTRY_HTTP_SECRET: 'something else again' },
  });
  const started = await fetch(`${one.url}/v2/a/blobs/uploads/`, { method: 'POST' });
  const location = started.headers.get('location') ?? '';
  assert.equal((await fetch(stranger.url + location)).status, 404);
  const patched = await fetch(two.url + location, {
    method: 'PATCH',
    body: 'hello',
    headers: { 'Content-Type': 'application/octet-stream' },
  });
  assert.equal(patched.status, 202);
});

test('http settings hold', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeConfiguration(
    directory,
    `version: 0.1
storage: inmemory
http:
  addr: 127.0.0.1:0
  prefix: /registry/
  host: https://registry.example.com
  headers: {X-Robots-Tag: [none], Strict-Transport-Security: max-age=1}
tags: {maxtags: 2}
catalog: {maxentries: 1}
`,
  );
  const { url } = await serve(t, { directory, args: ['serve', 'config.yml'] });
  assert.equal((await fetch(`${url}/v2/`)).status, 404);
  assert.equal((await fetch(`${url}/livez`)).status, 200);
  const base = `${url}/registry`;
  const response = await fetch(`${base}/v2/a/blobs/uploads/`, { method: 'POST' });
  assert.match(
    response.headers.get('location') ?? '',
    /^https:\/\/registry\.example\.com\/registry\/v2\/a\/blobs\/uploads\//,
  );
  assert.equal(response.headers.get('x-robots-tag'), 'none');
  assert.equal(response.headers.get('strict-transport-security'), 'max-age=1');

  const image = await pushImage(base, 'one', 'a');
  for (const tag of ['b', 'c']) await pushImage(base, 'one', tag);
  await pushImage(base, 'two', 'a');
  await pullImage(base, 'one', 'a', image);
  assert.deepEqual(await (await fetch(`${base}/v2/one/tags/list?n=100`)).json(), {
    name: 'one',
    tags: ['a', 'b'],
  });
  assert.deepEqual(await (await fetch(`${base}/v2/_catalog`)).json(), { repositories: ['one'] });
  const refused = await fetch(`${base}/v2/one/manifests/a`, { method: 'DELETE' });
  assert.equal(refused.status, 405, 'with a file, deletes are off unless they are switched on');
});

test('http.relativeurls and http.trustedproxies make Location', async (t) => {
  const location = async (environment: Readonly<Record<string, string>>): Promise<string> => {
    const { url, process } = await serve(t, {
      environment: { ...environment, REGISTRY_STORAGE: 'inmemory' },
    });
    const headers = {
      'X-Forwarded-Host': 'proxy.example.com',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-For': '192.0.2.1',
    };
    const response = await fetch(`${url}/v2/a/blobs/uploads/`, { method: 'POST', headers });
    process.kill('SIGKILL');
    return (response.headers.get('location') ?? '').replace(url, '<self>').replace(/\/v2.*/, '');
  };
  assert.equal(await location({}), '');
  assert.equal(await location({ REGISTRY_HTTP_RELATIVEURLS: 'false' }), '<self>');
  const trusted = { REGISTRY_HTTP_TRUSTEDPROXIES: '[127.0.0.0/8]' };
  assert.equal(
    await location({ ...trusted, REGISTRY_HTTP_RELATIVEURLS: 'false' }),
    'https://proxy.example.com',
  );
  assert.equal(await location({ ...trusted }), '');
  assert.equal(
    await location({ REGISTRY_HTTP_HOST: 'https://a.example', REGISTRY_HTTP_RELATIVEURLS: 'true' }),
    '',
  );
});

test('storage.maintenance.readonly refuses what writes', async (t) => {
  const directory = await temporaryDirectory(t);
  const first = await serve(t, { directory });
  const image = await pushImage(first.url, 'a', 'v1');
  first.process.kill('SIGTERM');
  await first.ended;
  const { url } = await serve(t, {
    directory,
    environment: { REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED: 'true' },
  });
  await pullImage(url, 'a', 'v1', image);
  assert.equal((await fetch(`${url}/v2/a/blobs/uploads/`, { method: 'POST' })).status, 405);
  assert.equal((await fetch(`${url}/v2/a/manifests/v1`, { method: 'DELETE' })).status, 405);
});

test('validation decides whether an index must be whole', async (t) => {
  const push = async (environment: Readonly<Record<string, string>>): Promise<number> => {
    const { url, process } = await serve(t, {
      environment: { ...environment, REGISTRY_STORAGE: 'inmemory' },
    });
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const missing = {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${'0'.repeat(64)}`,
      size: 2,
    };
    const response = await fetch(`${url}/v2/a/manifests/v1`, {
      method: 'PUT',
      headers: { 'Content-Type': mediaType },
      body: JSON.stringify({ schemaVersion: 2, mediaType, manifests: [missing] }),
    });
    process.kill('SIGKILL');
    return response.status;
  };
  assert.equal(await push({}), 400);
  assert.equal(await push({ REGISTRY_VALIDATION_MANIFESTS_INDEXES_PLATFORMS: 'None' }), 201);
  assert.equal(await push({ REGISTRY_VALIDATION_DISABLED: 'true' }), 201);
  assert.equal(
    await push({ REGISTRY_VALIDATION_DISABLED: 'true', REGISTRY_VALIDATION_ENABLED: 'true' }),
    400,
  );
});

test('http.net: unix listens on a socket, also where a dead one lies', async (t) => {
  const directory = await temporaryDirectory(t);
  const socketPath = join(directory, 'registry.sock');
  const environment = {
    REGISTRY_HTTP_NET: 'unix',
    REGISTRY_HTTP_ADDR: socketPath,
    REGISTRY_STORAGE: 'inmemory',
  };
  const killed = await serve(t, { environment });
  assert.equal(killed.url, `unix:${socketPath}`);
  const twin = await runProgram(t, { environment });
  assert.equal(twin.stderr, `Cannot listen on ${socketPath}: something else listens there already\n`);
  killed.process.kill('SIGKILL');
  await killed.ended;
  await access(socketPath);
  await serve(t, { environment });
  const ask = request({ socketPath, path: '/v2/' }).end();
  const [response] = (await once(ask, 'response')) as [IncomingMessage];
  response.resume();
  assert.equal(response.statusCode, 200);
});

test('garbage-collect removes what nothing needs, and a dry run nothing', async (t) => {
  const directory = await temporaryDirectory(t);
  const { url, process, ended } = await serve(t, { directory });
  const image = await pushImage(url, 'a', 'v1');
  await pushBlob(url, 'a', new TextEncoder().encode('left alone'));
  process.kill('SIGTERM');
  await ended;
  const dry = await runProgram(t, { directory, args: ['garbage-collect', '--dry-run'] });
  assert.equal(dry.status, 0, dry.stderr);
  assert.match(dry.stdout, /nothing is removed\nkeep {4}1 manifests of a\n/);
  assert.match(dry.stdout, /What is younger than an hour always stays\.\n$/);
  const again = await serve(t, { directory });
  await pullImage(again.url, 'a', 'v1', image);
});

test('what one request breaks does not end the others', async (t) => {
  const directory = await temporaryDirectory(t);
  const { url, line, process } = await serve(t, { directory });
  const image = await pushImage(url, 'good', 'v1');
  // A link that cannot be read is an outage, and never looks like something that is not there.
  const link = join(directory, 'data/docker/registry/v2/repositories/bad/_manifests/tags/v1/current/link');
  await mkdir(dirname(link), { recursive: true });
  await symlink(link, link);
  const failed = await fetch(`${url}/v2/bad/manifests/v1`);
  assert.ok(failed.status >= 500, `${failed.status}`);
  const text = await failed.text();
  assert.ok(!text.includes(directory) && !text.includes('ELOOP'), 'nothing of the inside is told');
  const { level, path, id } = await line(({ message }) => message === 'request failed');
  assert.deepEqual([level, path, id], ['error', '/v2/bad/manifests/v1', failed.headers.get('x-request-id')]);
  await pullImage(url, 'good', 'v1', image);
  assert.equal(process.exitCode, null);
});
