import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { checkRoot } from '@lading/storage-fs';
import { stagingName } from '../src/staging.ts';
import { temporaryDirectory } from './temporary-directory.ts';

suite('checkRoot', () => {
  test('makes the root, and leaves nothing in it', async () => {
    const { path, remove } = temporaryDirectory();
    const root = join(path, 'a/b');
    const report = await checkRoot(root);
    assert.equal(report.kind, 'writable');
    assert.deepEqual(readdirSync(root), [stagingName]);
    assert.deepEqual(readdirSync(join(root, stagingName)), []);
    await remove();
  });

  test('tells whether the place knows upper from lower case', async () => {
    const { path, remove } = temporaryDirectory();
    writeFileSync(join(path, 'lower'), '');
    const report = await checkRoot(path);
    assert.equal(report.kind === 'writable' && report.caseSensitive, !existsSync(join(path, 'LOWER')));
    await remove();
  });

  test('tells why nothing can be written', async () => {
    const { path, remove } = temporaryDirectory();
    writeFileSync(join(path, 'file'), '');
    const report = await checkRoot(join(path, 'file/below'));
    assert.equal(report.kind, 'unwritable');
    assert.ok(report.kind === 'unwritable' && report.cause instanceof Error);
    await remove();
  });
});
