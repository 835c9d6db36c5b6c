import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { resolveInLayout, writeImages } from './layouts.ts';
import { servedContent } from './served.ts';
import { assertSameContent, bench, lines, missing, run } from './setup.ts';

const { registry, client, place } = bench();
const skip = missing('oras');
const plain = '--plain-http';
const quiet = '--no-tty';

async function remote(name: string): Promise<string> {
  return `${(await registry()).host}/${name}`;
}

/** Runs oras in a new directory that holds one file, `thing.txt`. */
async function oras(...args: readonly string[]): Promise<string> {
  const cwd = await place('files');
  await mkdir(cwd);
  await writeFile(join(cwd, 'thing.txt'), 'some thing\n');
  return (await run('oras', args, { cwd })).stdout;
}

async function pushArtifact(name: string): Promise<string> {
  const target = await remote(name);
  await oras(
    'push',
    plain,
    quiet,
    target,
    '--artifact-type',
    'application/vnd.example.thing',
    'thing.txt:text/plain',
  );
  return target;
}

interface Discovered {
  readonly digest: string;
  readonly artifactType: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly referrers?: readonly Discovered[];
}

async function discover(target: string, ...args: readonly string[]): Promise<readonly Discovered[]> {
  const found = await oras('discover', plain, '--format', 'json', ...args, target);
  return (JSON.parse(found) as Discovered).referrers ?? [];
}

for (const reference of ['image', 'index', 'nested']) {
  test(`oras copies a layout's "${reference}" in and out byte for byte`, { skip }, async () => {
    const layout = await writeImages(await place('made'));
    const pulled = await place('pulled');
    const target = await remote(`oras/${reference}:v1`);
    await oras('cp', quiet, '--from-oci-layout', `${layout}:${reference}`, '--to-plain-http', target);
    await oras('cp', quiet, '--from-plain-http', target, '--to-oci-layout', `${pulled}:${reference}`);
    await assertSameContent([layout, reference], [pulled, reference]);
  });
}

test('oras copies content of sha512 in and out byte for byte', { skip }, async () => {
  const layout = await writeImages(await place('made'), { algorithm: 'sha512' });
  const pulled = await place('pulled');
  const { digest } = await resolveInLayout(layout, 'nested');
  const target = await remote(`oras/sha512@${digest}`);
  await oras('cp', quiet, '--from-oci-layout', `${layout}@${digest}`, '--to-plain-http', target);
  await oras('cp', quiet, '--from-plain-http', target, '--to-oci-layout', `${pulled}:nested`);
  await assertSameContent([layout, 'nested'], [pulled, 'nested']);
});

test('oras pushes files as an artifact and pulls them', { skip }, async () => {
  const target = await pushArtifact('oras/artifact:v1');
  const output = await place('pulled');
  await oras('pull', plain, quiet, '--output', output, target);
  assert.equal(await readFile(join(output, 'thing.txt'), 'utf8'), 'some thing\n');
});

test('oras attaches to an artifact and discovers what is attached', { skip }, async () => {
  const target = await pushArtifact('oras/attached:v1');
  const types = ['application/vnd.example.sbom', 'application/vnd.example.signature'];
  for (const type of types) {
    await oras(
      'attach',
      plain,
      quiet,
      target,
      '--artifact-type',
      type,
      '--annotation',
      `of=${type}`,
      'thing.txt:text/plain',
    );
  }
  const found = await discover(target);
  assert.deepEqual(found.map(({ artifactType }) => artifactType).sort(), types);
  for (const { artifactType, annotations } of found) assert.equal(annotations?.['of'], artifactType);

  const [sbom] = await discover(target, '--artifact-type', types[0] ?? '');
  assert.equal(sbom?.artifactType, types[0]);
  assert.equal((await discover(target, '--distribution-spec', 'v1.1-referrers-api')).length, 2);
});

test('oras attaches to what is attached, and copies the whole tree', { skip }, async () => {
  const target = await pushArtifact('oras/tree:v1');
  const attach = [
    'attach',
    plain,
    quiet,
    '--artifact-type',
    'application/vnd.example.sbom',
    '--format',
    'json',
  ];
  const { digest } = JSON.parse(await oras(...attach, target, 'thing.txt:text/plain')) as { digest: string };
  await oras(...attach, await remote(`oras/tree@${digest}`), 'thing.txt:text/plain');

  const copied = await remote('oras/copies/tree:v1');
  await oras('cp', quiet, '--recursive', '--from-plain-http', target, '--to-plain-http', copied);
  const [child] = await discover(copied);
  assert.equal(child?.digest, digest);
  assert.equal(child.referrers?.length, 1);
});

test('the referrers API shows what oras attached by the scheme of fallback tags', { skip }, async () => {
  const target = await pushArtifact('oras/fallback:v1');
  const scheme = ['--distribution-spec', 'v1.1-referrers-tag'];
  const attach = ['attach', plain, quiet, ...scheme, '--artifact-type', 'application/vnd.example.sbom'];
  await oras(...attach, target, 'thing.txt:text/plain');
  const byTag = await discover(target, ...scheme);
  const byApi = await discover(target, '--distribution-spec', 'v1.1-referrers-api');
  assert.equal(byApi.length, 1);
  assert.deepEqual(byApi, byTag);
});

test('oras tags, lists tags and lists repositories', { skip }, async () => {
  const target = await pushArtifact('oras/listed:v1');
  await oras('tag', plain, target, 'v2', 'v3');
  assert.deepEqual(
    lines({ stdout: await oras('repo', 'tags', plain, await remote('oras/listed')), stderr: '' }),
    ['v1', 'v2', 'v3'],
  );
  const { host } = await registry();
  assert.ok(lines({ stdout: await oras('repo', 'ls', plain, host), stderr: '' }).includes('oras/listed'));
});

test('oras pushes, fetches and deletes a blob', { skip }, async () => {
  const repository = await remote('oras/blobs');
  const pushed = await oras('blob', 'push', plain, quiet, '--descriptor', repository, 'thing.txt');
  const { digest } = JSON.parse(pushed) as { digest: string };
  assert.equal(
    await oras('blob', 'fetch', plain, '--output', '-', `${repository}@${digest}`),
    'some thing\n',
  );
  await oras('blob', 'delete', plain, '--force', `${repository}@${digest}`);
  await assert.rejects(oras('blob', 'fetch', plain, '--output', '-', `${repository}@${digest}`), /not found/);
});

test(
  'oras deletes a manifest, and with it what it was attached to no longer shows it',
  { skip },
  async () => {
    const target = await pushArtifact('oras/deleted:v1');
    const attach = [
      'attach',
      plain,
      quiet,
      '--artifact-type',
      'application/vnd.example.sbom',
      '--format',
      'json',
    ];
    const { digest } = JSON.parse(await oras(...attach, target, 'thing.txt:text/plain')) as {
      digest: string;
    };
    await oras('manifest', 'delete', plain, '--force', await remote(`oras/deleted@${digest}`));
    assert.deepEqual(await discover(target), []);
    assert.equal((await servedContent(await client(), 'oras/deleted', 'v1')).size, 3);
  },
);
