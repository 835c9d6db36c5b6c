import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { StorageDriver } from '@lading/storage';
import { isStorageError } from '@lading/storage';
import { type FileCalls, localCalls } from '../src/file-calls.ts';
import { assembleFsStorage } from '../src/fs-storage.ts';
import { createMutex } from '../src/mutex.ts';
import { stagingName } from '../src/staging.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textAt = async (storage: StorageDriver, path: string): Promise<string> =>
  new TextDecoder().decode((await storage.get(path)).bytes);

/** A lock as a process that died would leave it. */
function leaveLock(root: string, name: string): string {
  mkdirSync(join(root, stagingName), { recursive: true });
  const lock = join(root, stagingName, name);
  writeFileSync(lock, 'left');
  return lock;
}

suite('a lock', () => {
  test('whose owner has died is taken away after a while', async () => {
    const { path: root, remove } = temporaryDirectory();
    leaveLock(root, 'lock~a~file');
    const storage = assembleFsStorage({ root }, { lockTimeout: 100 });
    const start = performance.now();
    await storage.put('/a/file', bytes('new'));
    assert.ok(performance.now() - start >= 100, 'not before');
    assert.equal(await textAt(storage, '/a/file'), 'new');
    assert.deepEqual(readdirSync(join(root, stagingName)), []);
    await remove();
  });

  test('is waited for while its owner lives', async () => {
    const { path: root, remove } = temporaryDirectory();
    const lock = leaveLock(root, 'lock~file');
    const storage = assembleFsStorage({ root }, { lockTimeout: 200 });
    // Seen anew each time: as if one owner came after the other.
    const alive = setInterval(() => utimesSync(lock, new Date(), new Date()), 20);
    let done = false;
    const put = storage.put('/file', bytes('new')).then(() => void (done = true));
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.equal(done, false);
    clearInterval(alive);
    rmSync(lock);
    await put;
    await remove();
  });

  test('can be waited for no longer than the caller wants', async () => {
    const { path: root, remove } = temporaryDirectory();
    leaveLock(root, 'lock~file');
    const storage = assembleFsStorage({ root }, {});
    const reason = new Error('the client has left');
    const controller = new AbortController();
    const put = storage.put('/file', bytes('new'), { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(put, reason);
    assert.deepEqual(readdirSync(join(root, stagingName)), ['lock~file'], 'the draft is gone');
    await remove();
  });

  test('on a long path has a short name', async () => {
    const { path: root, remove } = temporaryDirectory();
    const storage = assembleFsStorage({ root }, {});
    const path = `/${'a'.repeat(250)}/${'b'.repeat(250)}/${'c'.repeat(250)}`;
    await storage.put(path, bytes('one'));
    await storage.put(path, bytes('two'));
    assert.equal(await textAt(storage, path), 'two');
    await remove();
  });
});

suite('an owner that slept until its lock was taken away', () => {
  test('overwrites nothing with a put over a version: changed', async () => {
    const { path: root, remove } = temporaryDirectory();
    const other = assembleFsStorage({ root }, { lockTimeout: 50 });
    const version = await other.put('/file', bytes('start'));
    const storage = assembleFsStorage(
      { root },
      { calls: sleepingOnce(() => other.put('/file', bytes('other'))) },
    );
    const result: unknown = await storage
      .put('/file', bytes('slow'), { ifVersion: version })
      .catch((error: unknown) => error);
    assert.ok(isStorageError(result, 'changed'));
    assert.equal(await textAt(other, '/file'), 'other');
    assert.deepEqual(readdirSync(join(root, stagingName)), []);
    await remove();
  });

  test('puts again what it was to put', async () => {
    const { path: root, remove } = temporaryDirectory();
    const other = assembleFsStorage({ root }, { lockTimeout: 50 });
    const storage = assembleFsStorage(
      { root },
      { calls: sleepingOnce(() => other.put('/file', bytes('other'))) },
    );
    await storage.put('/file', bytes('slow'));
    assert.equal(await textAt(other, '/file'), 'slow', 'it came last');
    assert.deepEqual(readdirSync(join(root, stagingName)), []);
    await remove();
  });

  test('deletes nothing that came after: unavailable', async () => {
    const { path: root, remove } = temporaryDirectory();
    const other = assembleFsStorage({ root }, { lockTimeout: 50 });
    await other.put('/file', bytes('start'));
    const link: FileCalls['link'] = async (from, to) => {
      await localCalls.link(from, to);
      // The lock is made; now it sleeps.
      if (to.endsWith('lock~file')) await other.put('/file', bytes('other'));
    };
    const storage = assembleFsStorage({ root }, { calls: { ...localCalls, link }, lockTimeout: 50 });
    await assert.rejects(storage.delete('/file'), { kind: 'unavailable' });
    assert.equal(await textAt(other, '/file'), 'other');
    await remove();
  });
});

suite('a mutex', () => {
  test('runs those of one key one after the other, in their order, and others beside them', async () => {
    const mutex = createMutex();
    const events: string[] = [];
    const run = (key: string, name: string) => (): Promise<void> =>
      mutex(key, async () => {
        events.push(`begin ${name}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        events.push(`end ${name}`);
      });
    await Promise.all([run('a', '1')(), run('a', '2')(), run('b', '3')()]);
    assert.deepEqual(events, ['begin 1', 'begin 3', 'end 1', 'begin 2', 'end 3', 'end 2']);
  });

  test('goes on after one that failed', async () => {
    const mutex = createMutex();
    const failed = mutex('a', () => Promise.reject(new Error('no')));
    const next = mutex('a', async () => 'yes');
    await assert.rejects(failed);
    assert.equal(await next, 'yes');
  });
});

/** The real calls, but the first renaming of a lock comes only after something else was done. */
function sleepingOnce(meanwhile: () => Promise<unknown>): FileCalls {
  let slept = false;
  return {
    ...localCalls,
    async rename(from, to) {
      if (!slept && from.includes('lock~')) {
        slept = true;
        await meanwhile();
      }
      await localCalls.rename(from, to);
    },
  };
}
