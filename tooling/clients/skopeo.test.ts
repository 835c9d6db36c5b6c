import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { writeImages } from './layouts.ts';
import { assertSameContent, bench, lines, missing, run } from './setup.ts';
import { umociImage } from './umoci.ts';

const { registry, place } = bench();
const skip = missing('skopeo');
const skopeo = (...args: readonly string[]) => run('skopeo', args);
// Left to itself, skopeo compresses a plain layer on its way.
const copy = ['copy', '--preserve-digests'];
const push = [...copy, '--dest-tls-verify=false'];
const pull = [...copy, '--src-tls-verify=false'];
const move = [...pull, '--dest-tls-verify=false'];
const convert = ['copy', '--dest-tls-verify=false', '--format', 'v2s2'];

async function remote(name: string): Promise<string> {
  return `docker://${(await registry()).host}/${name}`;
}

test(
  'skopeo pushes and pulls an image built by umoci byte for byte',
  { skip: missing('skopeo', 'umoci') },
  async () => {
    const layout = await umociImage(await place('umoci'));
    const pulled = await place('pulled');
    await skopeo(...push, `oci:${layout}:v1`, await remote('team/umoci:v1'));
    await skopeo(...pull, await remote('team/umoci:v1'), `oci:${pulled}:v1`);
    await assertSameContent([layout, 'v1'], [pulled, 'v1']);
  },
);

test('skopeo pushes and pulls layers of every compression byte for byte', { skip }, async () => {
  const layout = await writeImages(await place('made'));
  const pulled = await place('pulled');
  await skopeo(...push, `oci:${layout}:image`, await remote('team/layers:v1'));
  await skopeo(...pull, await remote('team/layers:v1'), `oci:${pulled}:image`);
  await assertSameContent([layout, 'image'], [pulled, 'image']);
});

test('skopeo pushes and pulls an index with all its platforms byte for byte', { skip }, async () => {
  const layout = await writeImages(await place('made'));
  const pulled = await place('pulled');
  await skopeo(...push, '--all', `oci:${layout}:index`, await remote('team/index:v1'));
  await skopeo(...pull, '--all', await remote('team/index:v1'), `oci:${pulled}:index`);
  await assertSameContent([layout, 'index'], [pulled, 'index']);
});

for (const [what, reference, all] of [
  ['a Docker image', 'v1', []],
  ['a Docker manifest list', 'index', ['--all']],
] as const) {
  test(
    `skopeo pushes ${what} and copies it byte for byte`,
    { skip: missing('skopeo', 'umoci') },
    async () => {
      const layout = all.length > 0 ? await writeDockerIndex() : await umociImage(await place('umoci'));
      const [first, second] = [await place('first'), await place('second')];
      await skopeo(...convert, ...all, `oci:${layout}:${reference}`, await remote('docker/one:v1'));
      await skopeo(...pull, ...all, await remote('docker/one:v1'), `dir:${first}`);
      await skopeo(...push, ...all, `dir:${first}`, await remote('docker/two:v1'));
      await skopeo(...pull, ...all, await remote('docker/two:v1'), `dir:${second}`);

      const { stdout } = await skopeo(
        'inspect',
        '--raw',
        '--tls-verify=false',
        await remote('docker/two:v1'),
      );
      assert.match(stdout, /application\/vnd\.docker\.distribution\.manifest\.(?:list\.)?v2\+json/);
      await assertSameFiles(first, second);
    },
  );
}

test('skopeo lists the tags of a repository', { skip }, async () => {
  const layout = await writeImages(await place('made'));
  for (const tag of ['b', 'a', 'c'])
    await skopeo(...push, `oci:${layout}:image`, await remote(`team/tags:${tag}`));
  const { stdout } = await skopeo('list-tags', '--tls-verify=false', await remote('team/tags'));
  assert.deepEqual((JSON.parse(stdout) as { Tags: string[] }).Tags, ['a', 'b', 'c']);
});

test('skopeo copies from one repository to another, which mounts the layers', { skip }, async () => {
  const layout = await writeImages(await place('made'));
  const pulled = await place('pulled');
  await skopeo(...push, `oci:${layout}:image`, await remote('team/from:v1'));
  await skopeo(...move, await remote('team/from:v1'), await remote('other/to:v1'));
  await skopeo(...pull, await remote('other/to:v1'), `oci:${pulled}:image`);
  await assertSameContent([layout, 'image'], [pulled, 'image']);
});

test('skopeo deletes an image, which is then unknown', { skip }, async () => {
  const layout = await writeImages(await place('made'));
  const image = await remote('team/deleted:v1');
  await skopeo(...push, `oci:${layout}:image`, image);
  await skopeo('delete', '--tls-verify=false', image);
  await assert.rejects(skopeo('inspect', '--tls-verify=false', image), /manifest unknown/);
});

test('skopeo pulls by digest what it pushed by tag', { skip }, async () => {
  const layout = await writeImages(await place('made'));
  const pulled = await place('pulled');
  await skopeo(...push, `oci:${layout}:image`, await remote('team/digest:v1'));
  const inspected = await skopeo('inspect', '--tls-verify=false', await remote('team/digest:v1'));
  const { Digest: digest } = JSON.parse(inspected.stdout) as { Digest: string };
  await skopeo(...pull, await remote(`team/digest@${digest}`), `oci:${pulled}:image`);
  await assertSameContent([layout, 'image'], [pulled, 'image']);
});

test('skopeo syncs a repository with all its tags', { skip }, async () => {
  const layout = await writeImages(await place('made'));
  for (const tag of ['v1', 'v2'])
    await skopeo(...push, `oci:${layout}:image`, await remote(`team/synced:${tag}`));
  const target = await place('synced');
  const source = `${(await registry()).host}/team/synced`;
  await skopeo('sync', '--src', 'docker', '--dest', 'dir', '--src-tls-verify=false', source, target);
  assert.deepEqual(lines({ stdout: (await readdir(target)).join('\n'), stderr: '' }), [
    'synced:v1',
    'synced:v2',
  ]);
});

/** An index whose layers Docker's formats can hold. */
async function writeDockerIndex(): Promise<string> {
  return writeImages(await place('made'), { layers: 'gzip' });
}

async function assertSameFiles(expected: string, found: string): Promise<void> {
  const names = (await readdir(expected)).sort();
  assert.deepEqual((await readdir(found)).sort(), names);
  for (const name of names) {
    assert.ok(
      (await readFile(join(found, name))).equals(await readFile(join(expected, name))),
      `${name} differs`,
    );
  }
}
