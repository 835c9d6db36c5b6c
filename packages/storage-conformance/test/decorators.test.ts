import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { byteStream, collect, fromChunks } from '@lading/bytes';
import { type StorageCall, type StorageDriver, observe, prefixed } from '@lading/storage';
import { testConformance } from '@lading/storage-conformance';
import { memoryStorage } from '@lading/storage-memory';

const bytes = new Uint8Array(71);

// What decorates a driver is a driver.
testConformance(
  (name, body) => test(`prefixed: ${name}`, body),
  async () => {
    const driver = memoryStorage();
    // Beside the prefix lies what begins alike.
    await driver.put('/tenants/one-more/file', new Uint8Array(3));
    return { driver: prefixed(driver, '/tenants/one') };
  },
);

testConformance(
  (name, body) => test(`observe: ${name}`, body),
  () => ({ driver: observe(memoryStorage(), { onCall: () => undefined }) }),
);

/** What cannot compose and has no links, or both. */
function withoutOptional(driver: StorageDriver): StorageDriver {
  const { compose: _compose, url: _url, ...rest } = driver;
  return rest;
}

function withUrl(driver: StorageDriver): StorageDriver {
  return { ...driver, url: async (path, { expires }) => `https://example.org${path}?expires=${expires}` };
}

suite('prefixed', () => {
  test('keeps everything below its prefix', async () => {
    const driver = memoryStorage();
    const tenant = prefixed(driver, '/tenants/one');
    await tenant.put('/a/file', bytes);
    assert.deepEqual(await Array.fromAsync(driver.list('/', { recursive: true }), ({ name }) => name), [
      'tenants/one/a/file',
    ]);
    await assert.rejects(tenant.get('/../two/file'), { kind: 'invalid-path' });
    assert.equal(tenant.name, 'memory under /tenants/one');
  });

  test('can what the driver can, and no more', async () => {
    const able = prefixed(withUrl(memoryStorage()), '/a');
    assert.equal(await able.url?.('/file', { expires: 60 }), 'https://example.org/a/file?expires=60');
    assert.ok(able.compose);
    const unable = prefixed(withoutOptional(memoryStorage()), '/a');
    assert.ok(!('url' in unable) && !('compose' in unable));
    assert.equal(prefixed({ ...memoryStorage(), conditional: false }, '/a').conditional, false);
  });

  test('needs a path for its prefix', () => {
    for (const prefix of ['', '/', 'a', '/a/', '/..']) {
      assert.throws(() => prefixed(memoryStorage(), prefix), { kind: 'invalid-path' });
    }
  });
});

suite('observe', () => {
  const watch = (driver = memoryStorage()): { storage: StorageDriver; calls: StorageCall[] } => {
    const calls: StorageCall[] = [];
    let time = 0;
    const now = (): number => (time += 5);
    return { storage: observe(driver, { onCall: (call) => calls.push(call), now }), calls };
  };

  test('tells every call once it has ended, with its bytes and its time', async () => {
    const { storage, calls } = watch(withUrl(memoryStorage()));
    await storage.put('/a', bytes);
    await storage.write('/b', fromChunks(bytes, bytes));
    await storage.get('/a');
    await collect(await storage.read('/b'));
    await storage.stat('/a');
    await storage.compose?.(['/a', '/b'], '/c');
    await storage.url?.('/a', { expires: 60 });
    await storage.move('/a', '/d');
    await Array.fromAsync(storage.list('/'));
    await storage.delete('/b');
    const told = calls.map(
      ({ operation, path, bytes, duration }) => `${operation} ${path} ${bytes} ${duration}`,
    );
    assert.deepEqual(told, [
      'put /a 71 5',
      'write /b 142 5',
      'get /a 71 5',
      'read /b 142 5',
      'stat /a 0 5',
      'compose /c 0 5',
      'url /a 0 5',
      'move /a 0 5',
      'list / 0 5',
      'delete /b 0 5',
    ]);
    assert.ok(calls.every((call) => call.driver === 'memory' && !('error' in call)));
  });

  test('tells what a call failed with, and passes it on', async () => {
    const { storage, calls } = watch();
    const failure: unknown = await storage.get('/a').catch((error: unknown) => error);
    await assert.rejects(storage.read('/a'), { kind: 'not-found' });
    await assert.rejects(Array.fromAsync(storage.list('a')), { kind: 'invalid-path' });
    assert.equal(calls[0]?.error, failure);
    assert.deepEqual(
      calls.map(({ operation, error }) => [operation, error instanceof Error]),
      [
        ['get', true],
        ['read', true],
        ['list', true],
      ],
    );
  });

  test('tells a stream and a list that were left, with what was read until then', async () => {
    const { storage, calls } = watch();
    await storage.put('/a', new Uint8Array(1_000_000));
    for await (const chunk of await storage.read('/a')) if (chunk.byteLength > 0) break;
    for await (const entry of storage.list('/')) if (entry.name === 'a') break;
    const [, read, list] = calls;
    assert.ok(read?.operation === 'read' && read.bytes > 0 && read.bytes < 1_000_000);
    assert.equal(list?.operation, 'list');
  });

  test('tells a stream that broke', async () => {
    const failure = new Error('the disk is gone');
    const broken = byteStream({ pull: () => Promise.reject(failure), close: () => undefined });
    const { storage, calls } = watch({ ...memoryStorage(), read: async () => broken });
    await assert.rejects(collect(await storage.read('/a')), failure);
    assert.equal(calls[0]?.error, failure);
  });

  test('can what the driver can, and no more', () => {
    const { storage } = watch(withoutOptional(memoryStorage()));
    assert.ok(!('url' in storage) && !('compose' in storage));
  });
});
