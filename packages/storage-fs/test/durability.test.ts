import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fromChunks } from '@lading/bytes';
import { createDirectories } from '../src/directory-sync.ts';
import { type FileCalls, localCalls } from '../src/file-calls.ts';
import { assembleFsStorage } from '../src/fs-storage.ts';
import { recordedCalls } from './recorded-calls.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const bytes = new Uint8Array(71);

/** Fails unless the events happened in this order, others between them or not. */
function assertOrder(events: readonly string[], ...expected: readonly string[]): void {
  let from = 0;
  for (const event of expected) {
    const at = events.indexOf(event, from);
    assert.ok(at >= 0, `"${event}" is missing or too early in ${JSON.stringify(events, null, 1)}`);
    from = at + 1;
  }
}

function syncedDirectories(events: readonly string[]): string[] {
  return events
    .filter((event) => event.startsWith('synced ') && event !== 'synced draft')
    .map((event) => event.slice(7))
    .sort();
}

suite('the order in which a file gets on stable storage', () => {
  test('put: bytes, name, then every directory up to one that was there', async () => {
    const { path, remove } = temporaryDirectory();
    const root = join(path, 'new/root');
    const { calls, events } = recordedCalls(root);
    const storage = assembleFsStorage({ root }, { calls });

    await storage.put('/a/b/file', bytes);
    assertOrder(events, 'write draft', 'synced draft', 'rename lock -> a/b/file', 'sync a/b', 'synced a/b');
    for (const directory of ['a', '.', '..', '../..']) {
      assertOrder(events, 'rename lock -> a/b/file', `sync ${directory}`, `synced ${directory}`);
    }

    events.length = 0;
    await storage.put('/a/b/other', bytes);
    assertOrder(events, 'synced draft', 'rename lock -> a/b/other', 'sync a/b', 'synced a/b');
    assert.deepEqual(syncedDirectories(events), ['a/b'], 'only what is new is synced');

    events.length = 0;
    await storage.put('/a/c/file', bytes);
    assert.deepEqual(syncedDirectories(events), ['a', 'a/c'], 'only what is new is synced');
    await remove();
  });

  test('put with ifAbsent: the same, by a link', async () => {
    const { path: root, remove } = temporaryDirectory();
    const { calls, events } = recordedCalls(root);
    await assembleFsStorage({ root }, { calls }).put('/a/file', bytes, { ifAbsent: true });
    assertOrder(events, 'write draft', 'synced draft', 'link draft -> a/file', 'sync a', 'synced a');
    assertOrder(events, 'link draft -> a/file', 'sync .', 'synced .');
    await remove();
  });

  test('write: the same, and long ones are synced on the way', async () => {
    const { path: root, remove } = temporaryDirectory();
    const { calls, events } = recordedCalls(root);
    const storage = assembleFsStorage({ root }, { calls });
    const chunk = new Uint8Array(8 * 1024 * 1024);
    await storage.write('/a/file', fromChunks(...Array.from({ length: 20 }, () => chunk)));
    // One begins on the way; the last begins after the last byte, and is over before the name.
    assertOrder(events, 'write draft', 'sync draft', 'write draft', 'sync draft', 'synced draft');
    assertOrder(events, 'rename lock -> a/file', 'sync a', 'synced a');
    assert.ok(events.lastIndexOf('write draft') < events.lastIndexOf('sync draft'));
    assert.ok(events.lastIndexOf('synced draft') < events.indexOf('rename lock -> a/file'));
    await remove();
  });

  test('write of stable bytes: no directory is synced', async () => {
    const { path: root, remove } = temporaryDirectory();
    const { calls, events } = recordedCalls(root);
    const storage = assembleFsStorage({ root }, { calls });
    await storage.write('/parts/0', fromChunks(bytes), { stable: 'bytes' });
    assertOrder(events, 'write draft', 'synced draft', 'rename lock -> parts/0');
    assert.deepEqual(syncedDirectories(events), []);
    await remove();
  });

  test('move: every directory of the target, up to one that was there', async () => {
    const { path: root, remove } = temporaryDirectory();
    const { calls, events } = recordedCalls(root);
    const storage = assembleFsStorage({ root }, { calls });
    await storage.put('/first', bytes);
    await storage.write('/parts/0', fromChunks(bytes), { stable: 'bytes' });
    events.length = 0;
    await storage.move('/parts/0', '/blobs/00/data');
    assertOrder(events, 'rename parts/0 -> blobs/00/data', 'sync blobs/00', 'synced blobs/00');
    assert.deepEqual(syncedDirectories(events), ['.', 'blobs', 'blobs/00']);
    await remove();
  });

  test('compose: as write', async () => {
    const { path: root, remove } = temporaryDirectory();
    const { calls, events } = recordedCalls(root);
    const storage = assembleFsStorage({ root }, { calls });
    await storage.put('/a', bytes);
    await storage.put('/b', bytes);
    events.length = 0;
    await storage.compose?.(['/a', '/b'], '/whole');
    assertOrder(events, 'write draft', 'synced draft', 'rename lock -> whole', 'sync .', 'synced .');
    await remove();
  });

  test('a directory that was removed and made again by others is synced again with those above', async () => {
    const { path: root, remove } = temporaryDirectory();
    const { calls, events } = recordedCalls(root);
    const storage = assembleFsStorage({ root }, { calls });
    const other = assembleFsStorage({ root }, {});
    await storage.put('/a/b/file', bytes);
    await other.delete('/a');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await other.write('/a/b/file', fromChunks(bytes), { stable: 'bytes' });
    events.length = 0;
    await storage.put('/a/b/file', bytes);
    assert.deepEqual(syncedDirectories(events), ['.', 'a', 'a/b']);
    await remove();
  });
});

suite('syncs of one directory', () => {
  test('are shared by calls that come while another is under way, and by none that it may be too late for', async () => {
    const { path: root, remove } = temporaryDirectory();
    const waiting: (() => void)[] = [];
    const disk = { slow: false };
    const calls: FileCalls = {
      ...localCalls,
      sync: async () => (disk.slow ? new Promise<void>((resolve) => waiting.push(resolve)) : undefined),
    };
    const directories = createDirectories(calls, root);
    await directories.settle(root);
    disk.slow = true;
    let done = 0;
    const settle = (): Promise<void> => directories.settle(root).then(() => void (done += 1));

    const first = settle();
    await turn();
    assert.equal(waiting.length, 1, 'the first begins at once');
    const late = [settle(), settle(), settle()];
    await turn();
    assert.equal(waiting.length, 1, 'those that come later do not begin beside it');
    waiting[0]?.();
    await first;
    await turn();
    assert.equal(done, 1, 'and are not done with it');
    assert.equal(waiting.length, 2, 'they share one of their own');
    const later = settle();
    await turn();
    waiting[1]?.();
    await Promise.all(late);
    await turn();
    assert.equal(waiting.length, 3);
    waiting[2]?.();
    await later;
    await remove();
  });

  test('that fail are told to all who wait, and tried again by who comes later', async () => {
    const { path: root, remove } = temporaryDirectory();
    let broken = true;
    const calls: FileCalls = {
      ...localCalls,
      async sync(fd) {
        if (broken) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
        return localCalls.sync(fd);
      },
    };
    const directories = createDirectories(calls, root);
    const results = await Promise.allSettled([directories.settle(root), directories.settle(root)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    broken = false;
    await directories.settle(root);
    await remove();
  });
});

async function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
