import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import test from 'node:test';
import { digestOf } from '../peers/push.ts';
import { contentOf, resolveInLayout, writeImages } from './layouts.ts';
import { servedContent } from './served.ts';
import { assertSameContent, bench, lines, missing, run } from './setup.ts';

const { registry, client, place } = bench();
const skip = missing('regctl');

async function remote(name: string): Promise<string> {
  return `${(await registry()).host}/${name}`;
}

async function regctl(args: readonly string[], input?: string): Promise<string> {
  return (await regctlWith([], args, input)).stdout;
}

/** Runs regctl with settings for the registry, in a configuration of its own. */
async function regctlWith(settings: readonly string[], args: readonly string[], input = '') {
  const env = { REGCTL_CONFIG: await place('regctl.json') };
  await run('regctl', ['registry', 'set', '--tls', 'disabled', ...settings, (await registry()).host], {
    env,
  });
  return run('regctl', args, { env, input });
}

async function push(name: string, reference = 'image'): Promise<string> {
  const layout = await writeImages(await place('made'));
  await regctl(['image', 'copy', `ocidir://${layout}:${reference}`, await remote(name)]);
  return layout;
}

for (const reference of ['image', 'index', 'nested']) {
  test(`regctl copies a layout's "${reference}" in and out byte for byte`, { skip }, async () => {
    const layout = await push(`regctl/${reference}:v1`, reference);
    const pulled = await place('pulled');
    await regctl([
      'image',
      'copy',
      await remote(`regctl/${reference}:v1`),
      `ocidir://${pulled}:${reference}`,
    ]);
    await assertSameContent([layout, reference], [pulled, reference]);
  });
}

test('regctl copies content of sha512 in and out byte for byte', { skip }, async () => {
  const layout = await writeImages(await place('made'), { algorithm: 'sha512' });
  const pulled = await place('pulled');
  const { digest } = await resolveInLayout(layout, 'nested');
  const target = await remote(`regctl/sha512@${digest}`);
  await regctl(['image', 'copy', `ocidir://${layout}@${digest}`, target]);
  await regctl(['image', 'copy', target, `ocidir://${pulled}:nested`]);
  await assertSameContent([layout, 'nested'], [pulled, 'nested']);
});

test('regctl pushes a large blob in chunks', { skip }, async () => {
  const bytes = randomBytes(1_000_000);
  const file = await place('blob');
  await writeFile(file, bytes.toString('base64'));
  const chunks = ['--blob-chunk', '100000', '--blob-max', '100000'];
  const text = bytes.toString('base64');
  const { stdout } = await regctlWith(chunks, ['blob', 'put', await remote('regctl/chunks')], text);
  assert.equal(stdout.trim(), digestOf(Buffer.from(text)));
  assert.equal(await regctl(['blob', 'get', await remote('regctl/chunks'), stdout.trim()]), text);
});

test('regctl lists tags and repositories, page by page', { skip }, async () => {
  const layout = await push('regctl/listed:v1');
  for (const tag of ['v2', 'v3', 'v4']) {
    await regctl(['image', 'copy', `ocidir://${layout}:image`, await remote(`regctl/listed:${tag}`)]);
  }
  const list = async (...args: readonly string[]): Promise<string[]> =>
    lines({ stdout: await regctl(args), stderr: '' });
  assert.deepEqual(await list('tag', 'ls', await remote('regctl/listed')), ['v1', 'v2', 'v3', 'v4']);
  assert.deepEqual(await list('tag', 'ls', '--limit', '2', '--last', 'v1', await remote('regctl/listed')), [
    'v2',
    'v3',
  ]);
  assert.ok((await list('repo', 'ls', (await registry()).host)).includes('regctl/listed'));
});

test('regctl reads digest, manifest and configuration', { skip }, async () => {
  const layout = await push('regctl/read:v1');
  const [[digest = '', manifest] = []] = await contentOf(layout, 'image');
  const image = await remote('regctl/read:v1');
  assert.equal((await regctl(['image', 'digest', image])).trim(), digest);
  assert.equal(await regctl(['manifest', 'get', '--format', 'raw-body', image]), manifest?.toString());
  assert.match(await regctl(['image', 'config', image]), /made by hand/);
});

test('regctl copies between repositories with referrers', { skip }, async () => {
  await push('regctl/from:v1');
  const from = await remote('regctl/from:v1');
  await regctl(
    ['artifact', 'put', '--artifact-type', 'application/vnd.example.sig', '--subject', from],
    'signature',
  );
  const to = await remote('regctl/copies/to:v1');
  await regctl(['image', 'copy', '--referrers', from, to]);
  assert.match(await regctl(['artifact', 'list', to]), /application\/vnd\.example\.sig/);
});

test('regctl puts an artifact on an image, lists it by type and gets it', { skip }, async () => {
  await push('regctl/subject:v1');
  const image = await remote('regctl/subject:v1');
  for (const kind of ['sig', 'sbom']) {
    const type = `application/vnd.example.${kind}`;
    await regctl(
      ['artifact', 'put', '--artifact-type', type, '--annotation', `kind=${kind}`, '--subject', image],
      kind,
    );
  }
  const all = await regctl([
    'artifact',
    'list',
    '--format',
    '{{range .Descriptors}}{{println .ArtifactType}}{{end}}',
    image,
  ]);
  assert.deepEqual(lines({ stdout: all, stderr: '' }), [
    'application/vnd.example.sbom',
    'application/vnd.example.sig',
  ]);
  const filter = ['--filter-artifact-type', 'application/vnd.example.sbom'];
  const one = await regctl([
    'artifact',
    'list',
    ...filter,
    '--format',
    '{{range .Descriptors}}{{println .Annotations.kind}}{{end}}',
    image,
  ]);
  assert.equal(one.trim(), 'sbom');
  assert.equal(await regctl(['artifact', 'get', '--subject', image, ...filter]), 'sbom');
});

test('regctl deletes a tag alone, and a manifest with its tags', { skip }, async () => {
  const layout = await push('regctl/deleted:v1');
  const { digest } = await resolveInLayout(layout, 'image');
  await regctl(['image', 'copy', await remote('regctl/deleted:v1'), await remote('regctl/deleted:v2')]);
  await regctl(['tag', 'delete', await remote('regctl/deleted:v2')]);
  assert.equal((await regctl(['tag', 'ls', await remote('regctl/deleted')])).trim(), 'v1');
  assert.ok((await servedContent(await client(), 'regctl/deleted', digest)).size > 0);
  await regctl(['manifest', 'delete', await remote(`regctl/deleted@${digest}`)]);
  await assert.rejects(regctl(['manifest', 'get', await remote('regctl/deleted:v1')]), /not found|unknown/i);
});
