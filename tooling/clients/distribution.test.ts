import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import test from 'node:test';
import { httpClient } from '../peers/http-client.ts';
import { expectStatus, locationOf, pushBlob, startUpload } from '../peers/push.ts';
import { startRegistry } from '../peers/registries.ts';
import type { RegistryKind } from '../peers/registries.ts';
import type { Server } from '../peers/server.ts';
import { writeImages } from './layouts.ts';
import { servedContent, servedRepositories, servedTags } from './served.ts';
import { bench, missing, run } from './setup.ts';

const { place } = bench();
const skip = missing('registry', 'crane', 'skopeo');

/** All that a registry shows of itself: repositories, tags in their order, and the bytes below each tag. */
interface Snapshot {
  readonly repositories: readonly string[];
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly content: ReadonlyMap<string, ReadonlyMap<string, Buffer>>;
}

async function snapshot({ origin }: Server): Promise<Snapshot> {
  const client = httpClient(origin);
  try {
    // No specification orders the catalog: Distribution sorts part by part of a name, and we byte by byte.
    const repositories = [...(await servedRepositories(client))].sort();
    const tags: Record<string, readonly string[]> = {};
    const content = new Map<string, ReadonlyMap<string, Buffer>>();
    for (const repository of repositories) {
      tags[repository] = await servedTags(client, repository);
      for (const tag of tags[repository]) {
        content.set(`${repository}:${tag}`, await servedContent(client, repository, tag));
      }
    }
    return { repositories, tags, content };
  } finally {
    client.close();
  }
}

/**
 * Pushes what makes directories differ: names that sort badly, several tags, a tag set twice, a tag and
 * a manifest that are deleted, a Docker manifest list, a mounted blob, an upload that is never finished.
 */
async function fill({ host, origin }: Server): Promise<void> {
  const layout = await writeImages(await place('made'), { layers: 'gzip' });
  const crane = (...args: readonly string[]) => run('crane', args);
  await crane('push', '--index', layout, `${host}/team/app:v1`);
  for (const tag of ['v2', 'v10', 'latest', 'gone']) await crane('tag', `${host}/team/app:v1`, tag);
  await crane('delete', `${host}/team/app:gone`);
  for (const name of ['a', 'a/b', 'a-b', 'a.b', 'team', 'z/y/x']) {
    await crane('copy', `${host}/team/app:v1`, `${host}/${name}:v1`);
  }
  await crane('mutate', '--label', 'changed=yes', '--tag', `${host}/a/b:v1`, await firstImage(`${host}/a/b`));
  const { stdout: digest } = await crane('digest', `${host}/z/y/x:v1`);
  await crane('delete', `${host}/z/y/x@${digest.trim()}`);
  const list = ['copy', '--all', '--format', 'v2s2', '--dest-tls-verify=false'];
  await run('skopeo', [...list, `oci:${layout}:index`, `docker://${host}/docker/list:v1`]);

  const client = httpClient(origin);
  await pushBlob(client, 'only/blobs', Buffer.from('no manifest needs it'));
  const path = await startUpload(client, 'team/app');
  const patch = { method: 'PATCH', path, body: Buffer.from('never finished') };
  locationOf(await expectStatus(client, patch, 202));
  client.close();
}

/** The first image of the index under `v1`. */
async function firstImage(repository: string): Promise<string> {
  const { stdout } = await run('crane', ['manifest', `${repository}:v1`]);
  const { manifests } = JSON.parse(stdout) as { manifests: readonly { digest: string }[] };
  return `${repository}@${manifests[0]?.digest}`;
}

async function whileServing<T>(
  kind: RegistryKind,
  root: string,
  use: (server: Server) => Promise<T>,
): Promise<T> {
  await using server = await startRegistry(kind, { root });
  return await use(server);
}

for (const [writer, reader] of [
  ['distribution', 'lading'],
  ['lading', 'distribution'],
] as const) {
  test(`${reader} serves all of a directory that ${writer} wrote`, { skip }, async () => {
    const root = await place(writer);
    const written = await whileServing(writer, root, async (server) => {
      await fill(server);
      return snapshot(server);
    });
    assert.equal(written.repositories.length, 8);
    assert.ok(written.content.size >= 10);
    // Read from a copy: the reader has no help from what is still in the writer's memory.
    const copy = await place('copy');
    await cp(root, copy, { recursive: true });
    const read = await whileServing(reader, copy, snapshot);
    assert.deepEqual(read, written);
  });
}

test('both serve one directory at once, each what the other was given', { skip }, async () => {
  const root = await place('shared');
  const layout = await writeImages(await place('made'), { layers: 'gzip' });
  await using distribution = await startRegistry('distribution', { root });
  await using lading = await startRegistry('lading', { root });
  for (const [from, to, name] of [
    [distribution, lading, 'by/distribution'],
    [lading, distribution, 'by/lading'],
  ] as const) {
    await run('crane', ['push', '--index', layout, `${from.host}/${name}:v1`]);
    await run('crane', ['tag', `${to.host}/${name}:v1`, 'v2']);
    await run('crane', ['delete', `${to.host}/${name}:v1`]);
    const [here, there] = [httpClient(from.origin), httpClient(to.origin)];
    for (const client of [here, there]) assert.deepEqual(await servedTags(client, name), ['v2']);
    assert.deepEqual(await servedContent(there, name, 'v2'), await servedContent(here, name, 'v2'));
    here.close();
    there.close();
  }
});

test('lading goes on with a directory to which Distribution has added meanwhile', { skip }, async () => {
  const root = await place('turns');
  const layout = await writeImages(await place('made'), { layers: 'gzip' });
  const push =
    (name: string) =>
    async ({ host }: Server) => {
      await run('crane', ['push', '--index', layout, `${host}/${name}`]);
    };
  await whileServing('lading', root, push('turns/app:v1'));
  await whileServing('distribution', root, push('turns/app:v2'));
  await whileServing('distribution', root, push('turns/other:v1'));
  const seen = await whileServing('lading', root, snapshot);
  assert.deepEqual(seen.tags, { 'turns/app': ['v1', 'v2'], 'turns/other': ['v1'] });
});
