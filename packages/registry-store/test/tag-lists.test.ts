import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { pushImage } from '@lading/repository-conformance';
import { type StorageDriver, StorageError } from '@lading/storage';
import { memoryStorage } from '@lading/storage-memory';
import { registryStore } from '../src/index.ts';
import { guarded } from './failing-storage.ts';

/** A driver that tells versions of directories, and what was asked of it since the last look. */
async function versioned(tags: readonly string[]) {
  const memory = memoryStorage();
  const { digest } = await pushImage(registryStore({ storage: memory }).repository('team/app'), {}, { tags });
  const state: { version: string | undefined; broken: boolean } = { version: '1', broken: false };
  const calls: string[] = [];
  const versions: StorageDriver = {
    ...memory,
    async stat(path, options) {
      const stat = await memory.stat(path, options);
      return stat.kind === 'file' || state.version === undefined
        ? stat
        : { kind: 'directory', version: state.version };
    },
  };
  const storage = guarded(versions, ({ operation, path }) => {
    calls.push(operation);
    if (state.broken && operation === 'list') throw new StorageError('unavailable', { operation, path });
  });
  const asked = (): string => calls.splice(0).join(' ');
  const other = registryStore({ storage: memory }).repository('team/app').tags;
  return {
    state,
    asked,
    digest,
    other,
    registry: registryStore({ storage }),
    tags: registryStore({ storage }).repository('team/app').tags,
  };
}

suite('tags.list', () => {
  test('makes a list once while its directory keeps its version', async () => {
    const { tags, asked } = await versioned(['b', 'a', 'c']);
    await tags.list();
    asked();
    await tags.list();
    assert.equal(asked(), 'stat list');
    assert.deepEqual(await tags.list(), { items: ['a', 'b', 'c'] });
    assert.deepEqual(await tags.list({ limit: 1 }), { items: ['a'], next: 'a' });
    assert.deepEqual(await tags.list({ limit: 1, after: 'a' }), { items: ['b'], next: 'b' });
    assert.equal(asked(), 'stat stat stat');
    assert.equal(await tags.list({ limit: 2 }), await tags.list({ limit: 2 }), 'the same page');
  });

  test('makes it anew when the version is another, or none', async () => {
    const { tags, other, state, digest } = await versioned(['a']);
    await tags.list();
    await tags.list();
    await other.set?.('b', digest);
    state.version = '2';
    assert.deepEqual((await tags.list()).items, ['a', 'b']);
    await other.delete('a');
    state.version = undefined;
    assert.deepEqual((await tags.list()).items, ['b']);
    await other.set?.('c', digest);
    assert.deepEqual((await tags.list()).items, ['b', 'c']);
    state.version = '3';
    for (let n = 0; n < 70; n++) assert.deepEqual((await tags.list()).items, ['b', 'c']);
  });

  test('asks ever more rarely for the version of a directory that has none', async () => {
    const { tags, state, asked } = await versioned(['a']);
    state.version = undefined;
    for (let n = 0; n < 1000; n++) await tags.list();
    const stats = asked()
      .split(' ')
      .filter((operation) => operation === 'stat');
    assert.ok(stats.length < 30, `${stats.length} of 1000`);
  });

  test('does not keep a failure', async () => {
    const { tags, state } = await versioned(['a']);
    await tags.list();
    state.broken = true;
    await assert.rejects(tags.list());
    state.broken = false;
    assert.deepEqual((await tags.list()).items, ['a']);
  });

  test('lets who leaves leave alone', async () => {
    const { tags } = await versioned(['a']);
    await tags.list();
    const controller = new AbortController();
    const [left, stayed] = [tags.list({ signal: controller.signal }), tags.list()];
    controller.abort(new Error('left'));
    await Promise.allSettled([left]);
    assert.deepEqual((await stayed).items, ['a']);
  });
});
