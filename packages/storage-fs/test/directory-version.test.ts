import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { StorageDriver, Version } from '@lading/storage';
import { assembleFsStorage, fsStorage } from '../src/fs-storage.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const bytes = new TextEncoder().encode('x');

async function versionOf(storage: StorageDriver, path: string): Promise<Version | undefined> {
  const stat = await storage.stat(path);
  assert.equal(stat.kind, 'directory');
  return stat.kind === 'directory' ? stat.version : undefined;
}

suite('the version of a directory', () => {
  test('is not told while the clock might not show another change', async () => {
    const { path: root, remove } = temporaryDirectory();
    const clock = { now: Date.now() };
    const storage = assembleFsStorage({ root }, { now: () => clock.now });
    await storage.put('/a/file', bytes);
    assert.equal(await versionOf(storage, '/a'), undefined);
    clock.now += 10_000;
    assert.equal(typeof (await versionOf(storage, '/a')), 'string');
    await remove();
  });

  test('stays while the names do, and never comes back when they change', async () => {
    const { path: root, remove } = temporaryDirectory();
    const storage = assembleFsStorage({ root }, { now: () => Date.now() + 10_000 });
    await storage.put('/a/tag/current/link', bytes);
    const before = await versionOf(storage, '/a');
    await setTimeout(20);
    await storage.put('/a/tag/current/link', bytes);
    await storage.put('/a/tag/index/link', bytes);
    assert.equal(await versionOf(storage, '/a'), before, 'whatever happens further down');
    const seen = new Set([before]);
    const changes = [
      () => storage.put('/a/other/current/link', bytes),
      () => storage.delete('/a/other/current/link'),
      () => storage.put('/a/file', bytes),
      () => storage.move('/a/file', '/b'),
    ];
    for (const change of changes) {
      await setTimeout(20);
      await change();
      const version = await versionOf(storage, '/a');
      assert.ok(!seen.has(version));
      seen.add(version);
    }
    await remove();
  });

  test('is not told over a network, where times may come from a cache', async () => {
    const { path: root, remove } = temporaryDirectory();
    await fsStorage({ root }).put('/a/file', bytes);
    const storage = assembleFsStorage({ root, disk: 'network' }, { now: () => Date.now() + 10_000 });
    assert.equal(await versionOf(storage, '/a'), undefined);
    await remove();
  });
});
