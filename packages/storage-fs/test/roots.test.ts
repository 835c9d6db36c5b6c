import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { suite, test } from 'node:test';
import { fromChunks } from '@lading/bytes';
import { storageConformance, testConformance } from '@lading/storage-conformance';
import { fsStorage } from '@lading/storage-fs';
import { temporaryDirectory } from './temporary-directory.ts';

const areas: readonly string[] = ['reading', 'moving', 'deleting', 'paths'];
const cases = storageConformance.filter(({ area }) => areas.includes(area));

/** Roots that an operator may choose, below a directory of the test's own. */
const roots: Readonly<Record<string, (directory: string) => string>> = {
  'deep, and not there yet': (directory) => join(directory, 'a/b/c/d/e/f/g/h'),
  'with spaces and letters of all kinds': (directory) => join(directory, 'Daten – “Über” 数据/ lading '),
  relative: (directory) => relative(process.cwd(), join(directory, 'data')),
  'with a slash at its end': (directory) => `${join(directory, 'data')}/`,
  'a link to a directory': (directory) => {
    mkdirSync(join(directory, 'elsewhere'));
    symlinkSync('elsewhere', join(directory, 'link'));
    return join(directory, 'link');
  },
};

for (const [name, rootIn] of Object.entries(roots)) {
  testConformance(
    (sentence, body) => test(`a root ${name}: ${sentence}`, body),
    () => {
      const { path, remove } = temporaryDirectory();
      return { driver: fsStorage({ root: rootIn(path) }), close: remove };
    },
    cases,
  );
}

suite('the files of a root', () => {
  test('lie exactly at root + path', async () => {
    const { path: root, remove } = temporaryDirectory();
    const storage = fsStorage({ root });
    const path = '/docker/registry/v2/repositories/library/hello/_manifests/tags/latest/current/link';
    await storage.put(path, new TextEncoder().encode('sha256:0'));
    assert.equal(readFileSync(root + path, 'utf8'), 'sha256:0');
    await storage.write('/docker/registry/v2/blobs/data', fromChunks(new Uint8Array(3)));
    assert.equal(readFileSync(`${root}/docker/registry/v2/blobs/data`).byteLength, 3);
    await remove();
  });

  test('are found where another program puts them, and links are followed', async () => {
    const { path: root, remove } = temporaryDirectory();
    mkdirSync(join(root, 'disk-2/blobs'), { recursive: true });
    mkdirSync(join(root, 'empty'));
    writeFileSync(join(root, 'disk-2/blobs/data'), 'bytes');
    writeFileSync(join(root, 'disk-2/not a path'), 'bytes');
    symlinkSync(join(root, 'disk-2/blobs'), join(root, 'blobs'));
    symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
    const storage = fsStorage({ root });
    assert.equal(new TextDecoder().decode((await storage.get('/blobs/data')).bytes), 'bytes');
    const told = await Array.fromAsync(storage.list('/', { recursive: true }), ({ name }) => name);
    assert.deepEqual(told.sort(), ['blobs/data', 'disk-2/blobs/data']);
    await storage.put('/blobs/more', new Uint8Array(1));
    assert.ok(existsSync(join(root, 'disk-2/blobs/more')));
    await remove();
  });

  test('stay when what lies beside them is deleted, and the root stays too', async () => {
    const { path: root, remove } = temporaryDirectory();
    mkdirSync(join(root, 'kept'));
    const storage = fsStorage({ root });
    await storage.put('/a/b/file', new Uint8Array(1));
    await storage.delete('/a/b/file');
    assert.ok(existsSync(join(root, 'kept')));
    assert.ok(!existsSync(join(root, 'a')));
    assert.ok(existsSync(root));
    await remove();
  });

  test('are as readable as the umask allows, a confidential one only for its owner', async (t) => {
    if (process.platform === 'win32') return t.skip('rights of files are of another kind on Windows');
    const { path: root, remove } = temporaryDirectory();
    const storage = fsStorage({ root });
    await storage.put('/link', new Uint8Array(1));
    await storage.put('/key', new Uint8Array(1), { ifAbsent: true, confidential: true });
    writeFileSync(join(root, 'written by another'), '');
    assert.equal(modeOf(join(root, 'link')), modeOf(join(root, 'written by another')));
    assert.equal(modeOf(join(root, 'key')), 0o600);
    await remove();
  });
});

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}
