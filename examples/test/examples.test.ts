// Every example serves a push in chunks and a pull, through HTTP, on its own runtime.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { httpClient } from '../../tooling/peers/http-client.ts';
import {
  acceptAll,
  describe,
  expectStatus,
  imageManifest,
  locationOf,
  mediaTypes,
  pushBlob,
  pushManifest,
  startUpload,
  withDigest,
} from '../../tooling/peers/push.ts';

const examples = join(import.meta.dirname, '..');
const bin = join(examples, '../node_modules/.bin');

test('node.ts serves a push and a pull', async (t) => {
  await pushAndPull(await start(t, process.execPath, [join(examples, 'node.ts')]));
});

test('deno.ts serves a push and a pull', async (t) => {
  const args = [
    'run',
    '--allow-net',
    '--allow-env',
    '--allow-read',
    '--no-lock',
    '--no-check',
    join(examples, 'deno.ts'),
  ];
  await pushAndPull(await start(t, join(bin, 'deno'), args));
});

test('bun.ts serves a push and a pull', async (t) => {
  await pushAndPull(await start(t, join(bin, 'bun'), [join(examples, 'bun.ts')]));
});

test('worker.ts serves a push and a pull inside workerd', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'lading-workerd-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const bundle = [
    '--conditions',
    'workerd',
    '--external',
    'node:*',
    '--outfile',
    join(directory, 'worker.js'),
  ];
  await finish(run(t, join(bin, 'bun'), ['build', join(examples, 'worker.ts'), ...bundle]));
  await copyFile(join(examples, 'workerd.capnp'), join(directory, 'workerd.capnp'));
  const args = [
    'serve',
    join(directory, 'workerd.capnp'),
    '--socket-addr',
    'http=127.0.0.1:0',
    '--control-fd=1',
  ];
  await pushAndPull(await start(t, join(bin, 'workerd'), args));
});

/** Pushes an image whose layer comes in two chunks, and pulls it back, byte for byte. */
async function pushAndPull(origin: string): Promise<void> {
  const client = httpClient(origin);
  try {
    const [config, layer] = [Buffer.from('{}'), randomBytes(3_000_000)];
    await pushBlob(client, 'team/app', config);
    let path = await startUpload(client, 'team/app');
    for (const [from, to] of [
      [0, 2_000_000],
      [2_000_000, 3_000_000],
    ] as const) {
      const headers = { 'content-type': 'application/octet-stream', 'content-range': `${from}-${to - 1}` };
      path = locationOf(
        await expectStatus(client, { method: 'PATCH', path, headers, body: layer.subarray(from, to) }, 202),
      );
    }
    const { digest } = describe(layer, mediaTypes.layer);
    await expectStatus(client, { method: 'PUT', path: withDigest(path, digest) }, 201);
    const manifest = imageManifest(describe(config, mediaTypes.config), [describe(layer, mediaTypes.layer)]);
    await pushManifest(client, 'team/app', 'v1', manifest);

    const headers = { accept: acceptAll };
    const pulled = await expectStatus(
      client,
      { method: 'GET', path: '/v2/team/app/manifests/v1', headers },
      200,
    );
    assert.deepEqual(pulled.body, manifest);
    const blob = await expectStatus(client, { method: 'GET', path: `/v2/team/app/blobs/${digest}` }, 200);
    assert.ok(blob.body.equals(layer));
    const tags = await expectStatus(client, { method: 'GET', path: '/v2/team/app/tags/list' }, 200);
    assert.deepEqual(JSON.parse(tags.body.toString()), { name: 'team/app', tags: ['v1'] });
  } finally {
    client.close();
  }
}

/** Starts a program and tells the address that it prints. */
async function start(t: TestContext, command: string, args: readonly string[]): Promise<string> {
  const child = run(t, command, args);
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const listen = (chunk: string): void => {
    output += chunk;
    const port = /127\.0\.0\.1:(\d+)|"port":(\d+)/.exec(output)?.slice(1).find(Boolean);
    if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
  };
  child.stdout?.on('data', listen);
  // Deno tells its address there.
  child.stderr?.on('data', listen);
  child.once('close', () => reject(new Error(`It ended before it told its address:\n${output}`)));
  const timer = setTimeout(() => reject(new Error(`It does not tell its address:\n${output}`)), 30_000);
  return promise.finally(() => clearTimeout(timer));
}

async function finish(child: ChildProcess): Promise<void> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: string) => (output += chunk));
  const [status] = (await once(child, 'close')) as [number | null];
  assert.equal(status, 0, output);
}

/** Runs a program with the tools of the workspace first on PATH, and ends it with the test. */
function run(t: TestContext, command: string, args: readonly string[]): ChildProcess {
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    DENO_NO_UPDATE_CHECK: '1',
    NO_COLOR: '1',
  };
  // The commands of the workspace are scripts that start another process: all of the group ends.
  const child = spawn(command, args, {
    cwd: examples,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  t.after(() => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  });
  return child;
}
