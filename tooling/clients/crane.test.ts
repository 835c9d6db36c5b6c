import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import test from 'node:test';
import { contentOf, resolveInLayout, tar, writeImages } from './layouts.ts';
import { servedContent } from './served.ts';
import { bench, lines, missing, run } from './setup.ts';

const { registry, client, place } = bench();
const skip = missing('crane');
const crane = (...args: readonly string[]) => run('crane', args);

async function remote(name: string): Promise<string> {
  return `${(await registry()).host}/${name}`;
}

/** Pushes every image of a layout as one index. */
async function push(name: string): Promise<string> {
  const layout = await writeImages(await place('made'));
  await crane('push', '--index', layout, await remote(name));
  return layout;
}

test('crane pushes and pulls a nested index byte for byte', { skip }, async () => {
  const layout = await push('crane/all:v1');
  const pulled = await place('pulled');
  await crane('pull', '--format=oci', await remote('crane/all:v1'), pulled);
  const found = await contentOf(pulled, 'v1');
  for (const reference of ['image', 'index', 'nested']) {
    for (const [digest, bytes] of await contentOf(layout, reference)) {
      assert.ok(found.get(digest)?.equals(bytes), `${digest} has other bytes`);
    }
  }
});

test('crane finds an image whole that it pushed', { skip }, async () => {
  // It opens the layers to compare them with the configuration, and knows gzip alone.
  const layout = await writeImages(await place('made'), { layers: 'gzip' });
  await crane('push', '--index', layout, await remote('crane/valid:v1'));
  const { digest } = await resolveInLayout(layout, 'image');
  await crane('validate', '--remote', await remote(`crane/valid@${digest}`));
});

test('crane lists tags and the catalog', { skip }, async () => {
  await push('crane/listed:v1');
  for (const tag of ['v3', 'v2']) await crane('tag', await remote('crane/listed:v1'), tag);
  assert.deepEqual(lines(await crane('ls', await remote('crane/listed'))), ['v1', 'v2', 'v3']);
  const { host } = await registry();
  assert.ok(lines(await crane('catalog', host)).includes('crane/listed'));
});

test('crane reads manifest, digest, configuration and blob', { skip }, async () => {
  const layout = await push('crane/read:v1');
  const content = await contentOf(layout, 'image');
  const [[digest = '', manifest] = [], [config = '', configuration] = []] = content;
  const image = await remote(`crane/read@${digest}`);
  assert.equal((await crane('manifest', image)).stdout, manifest?.toString());
  assert.equal((await crane('digest', image)).stdout.trim(), digest);
  assert.equal((await crane('config', image)).stdout, configuration?.toString());
  assert.equal((await crane('blob', await remote(`crane/read@${config}`))).stdout, configuration?.toString());
});

test('crane copies an index to another repository', { skip }, async () => {
  const layout = await push('crane/from:v1');
  await crane('copy', await remote('crane/from:v1'), await remote('crane/copies/to:v2'));
  const served = await servedContent(await client(), 'crane/copies/to', 'v2');
  for (const digest of (await contentOf(layout, 'nested')).keys()) assert.ok(served.has(digest), digest);
});

test('crane appends a layer and changes a label', { skip }, async () => {
  const layer = await place('layer');
  await writeFile(layer, tar({ 'etc/appended': 'by crane\n' }));
  const layout = await push('crane/changed:v1');
  const { digest } = await resolveInLayout(layout, 'image');
  const base = await remote(`crane/changed@${digest}`);
  await crane('append', '--base', base, '--new_layer', layer, '--new_tag', await remote('crane/changed:v2'));
  await crane(
    'mutate',
    '--label',
    'by=crane',
    '--tag',
    await remote('crane/changed:v3'),
    await remote('crane/changed:v2'),
  );
  const served = await servedContent(await client(), 'crane/changed', 'v3');
  assert.equal(served.size, (await contentOf(layout, 'image')).size + 1);
});

test('crane deletes a tag, and a manifest by its digest', { skip }, async () => {
  await push('crane/deleted:v1');
  const image = await remote('crane/deleted');
  const digest = (await crane('digest', `${image}:v1`)).stdout.trim();
  await crane('tag', `${image}:v1`, 'v2');
  await crane('delete', `${image}:v2`);
  assert.deepEqual(lines(await crane('ls', image)), ['v1']);
  await crane('delete', `${image}@${digest}`);
  await assert.rejects(crane('manifest', `${image}:v1`), /MANIFEST_UNKNOWN/);
});
