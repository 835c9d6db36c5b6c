import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import test from 'node:test';
import { servedContent } from './served.ts';
import { bench, missing, run } from './setup.ts';

const { registry, client, place } = bench();
const skip = missing('buildah');
const insecure = '--tls-verify=false';

async function remote(name: string): Promise<string> {
  return `${(await registry()).host}/${name}`;
}

interface Buildah {
  (...args: readonly string[]): Promise<string>;
}

/** Buildah with a storage of its own, in which nothing is yet. */
async function buildah(): Promise<Buildah> {
  const [root, state] = [await place('root'), await place('run')];
  const storage = ['--root', root, '--runroot', state, '--storage-driver', 'vfs'];
  return async (...args) => (await run('buildah', [...storage, ...args])).stdout.trim();
}

async function workingContainer(local: Buildah): Promise<string> {
  const file = await place('file');
  await writeFile(file, 'a file added by buildah\n');
  const container = await local('from', 'scratch');
  await local('add', container, file, '/file');
  await local('config', '--label', 'by=buildah', '--cmd', '/file', container);
  return container;
}

test('buildah commits, pushes, and pulls the same image', { skip }, async () => {
  const local = await buildah();
  const image = await remote('buildah/image:v1');
  const id = await local('commit', '--quiet', await workingContainer(local), 'localhost/image');
  await local('push', '--quiet', insecure, 'localhost/image', `docker://${image}`);
  const elsewhere = await buildah();
  assert.equal(await elsewhere('pull', '--quiet', insecure, image), id);
  assert.ok((await servedContent(await client(), 'buildah/image', 'v1')).has(`sha256:${id}`));
});

test('buildah commits straight to the registry, and builds on what is there', { skip }, async () => {
  const local = await buildah();
  const image = await remote('buildah/base:v1');
  await local('commit', '--quiet', insecure, await workingContainer(local), `docker://${image}`);
  const base = await servedContent(await client(), 'buildah/base', 'v1');

  const elsewhere = await buildah();
  const container = await elsewhere('from', insecure, image);
  await elsewhere('config', '--label', 'on=base', container);
  const derived = await remote('buildah/derived:v1');
  await elsewhere('commit', '--quiet', insecure, container, `docker://${derived}`);
  const built = await servedContent(await client(), 'buildah/derived', 'v1');
  const [, , layer = ''] = base.keys();
  assert.ok(built.has(layer), 'the layer of the base is used again');
});

test('buildah pushes a manifest list', { skip }, async () => {
  const local = await buildah();
  const image = await remote('buildah/member:v1');
  await local('commit', '--quiet', insecure, await workingContainer(local), `docker://${image}`);
  await local('manifest', 'create', 'several');
  await local('manifest', 'add', insecure, 'several', `docker://${image}`);
  await local(
    'manifest',
    'push',
    '--all',
    insecure,
    'several',
    `docker://${await remote('buildah/several:v1')}`,
  );
  assert.equal((await servedContent(await client(), 'buildah/several', 'v1')).size, 4);
});
