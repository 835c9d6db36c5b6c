import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { servedContent } from './served.ts';
import { bench, missing, run } from './setup.ts';

const { registry, client, place } = bench();
const skip = missing('podman');
const insecure = '--tls-verify=false';

async function remote(name: string): Promise<string> {
  return `${(await registry()).host}/${name}`;
}

interface Podman {
  (...args: readonly string[]): Promise<string>;
}

/** Podman with a storage of its own, in which nothing is yet. */
async function podman(): Promise<Podman> {
  const [root, state] = [await place('root'), await place('run')];
  const storage = ['--root', root, '--runroot', state, '--storage-driver', 'vfs'];
  return async (...args) => (await run('podman', [...storage, ...args])).stdout.trim();
}

/** Builds an image from nothing and pushes it; returns its id, the digest of its configuration. */
async function buildAndPush(local: Podman, image: string): Promise<string> {
  const context = await place('context');
  await mkdir(context);
  await writeFile(join(context, 'file'), `a file of ${image}\n`);
  await writeFile(join(context, 'Containerfile'), 'FROM scratch\nCOPY file /file\nLABEL by=podman\n');
  await local('build', '--isolation', 'chroot', '--quiet', '--tag', 'localhost/built', context);
  await local('push', insecure, 'localhost/built', image);
  return local('inspect', '--format', '{{.Id}}', 'localhost/built');
}

test('podman builds, pushes, and pulls the same image', { skip }, async () => {
  const image = await remote('podman/built:v1');
  const id = await buildAndPush(await podman(), image);
  const elsewhere = await podman();
  assert.equal(await elsewhere('pull', '--quiet', insecure, image), id);
  assert.equal(await elsewhere('inspect', '--format', '{{.Labels.by}}', image), 'podman');
  assert.ok((await servedContent(await client(), 'podman/built', 'v1')).has(`sha256:${id}`));
});

for (const format of ['oci', 'v2s2']) {
  test(`podman pushes as ${format} and pulls by digest`, { skip }, async () => {
    const local = await podman();
    const id = await buildAndPush(local, await remote(`podman/${format}:built`));
    const digestFile = await place('digest');
    const image = await remote(`podman/${format}:v1`);
    await local('push', insecure, '--format', format, '--digestfile', digestFile, 'localhost/built', image);
    const [digest = ''] = (await servedContent(await client(), `podman/${format}`, 'v1')).keys();
    const elsewhere = await podman();
    assert.equal(
      await elsewhere('pull', '--quiet', insecure, await remote(`podman/${format}@${digest}`)),
      id,
    );
  });
}

test('podman pushes a manifest list with its image', { skip }, async () => {
  const local = await podman();
  const image = await remote('podman/member:v1');
  await buildAndPush(local, image);
  await local('manifest', 'create', 'several');
  await local('manifest', 'add', insecure, 'several', `docker://${image}`);
  await local(
    'manifest',
    'push',
    '--all',
    insecure,
    'several',
    `docker://${await remote('podman/several:v1')}`,
  );
  assert.equal((await servedContent(await client(), 'podman/several', 'v1')).size, 4);
});

test('podman lists tags', { skip }, async () => {
  const local = await podman();
  for (const tag of ['v1', 'v2']) await buildAndPush(local, await remote(`podman/tags:${tag}`));
  const listed = await local(
    'search',
    '--list-tags',
    insecure,
    '--format',
    'json',
    await remote('podman/tags'),
  );
  assert.deepEqual((JSON.parse(listed) as { Tags: string[] }[])[0]?.Tags, ['v1', 'v2']);
});
