import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fromChunks } from '@lading/bytes';
import { memoryStorage } from '@lading/storage-memory';

// That it keeps the contract is tried out by the tests of storage-conformance, which need a driver that does.
const bytes = new Uint8Array(71);

suite('memoryStorage', () => {
  test('has a name, and the time of a clock that is given', async () => {
    const storage = memoryStorage({ name: 'scratch', now: () => 1_700_000_000_000 });
    await storage.put('/file', bytes);
    const stat = await storage.stat('/file');
    assert.equal(storage.name, 'scratch');
    assert.equal(stat.kind === 'file' && stat.modified, 1_700_000_000_000);
  });

  test('is full when its capacity is used up, and leaves what was there', async () => {
    const storage = memoryStorage({ capacity: 100 });
    await storage.put('/file', bytes);
    await assert.rejects(storage.put('/more', bytes), { kind: 'full' });
    await assert.rejects(storage.write('/more', fromChunks(bytes)), { kind: 'full' });
    await assert.rejects(storage.put('/file', new Uint8Array(101)), { kind: 'full' });
    assert.equal((await storage.get('/file')).bytes.byteLength, 71);
  });

  test('gives room back that was freed', async () => {
    const storage = memoryStorage({ capacity: 100 });
    for (let round = 0; round < 5; round += 1) {
      await storage.put('/a/file', bytes);
      await storage.put('/a/file', new Uint8Array(80));
      await storage.move('/a/file', '/b/file');
      await storage.delete('/b');
    }
    await storage.put('/file', new Uint8Array(100));
  });

  test('lends parts of the file itself to who asks for chunks that are used again', async () => {
    const storage = memoryStorage();
    await storage.put('/file', bytes);
    const [one] = await Array.fromAsync(await storage.read('/file', { recycle: true }));
    const [two] = await Array.fromAsync(await storage.read('/file', { recycle: true }));
    const [own] = await Array.fromAsync(await storage.read('/file'));
    assert.equal(one?.buffer, two?.buffer);
    assert.notEqual(one?.buffer, own?.buffer);
  });

  test('refuses what a file system could not hold', async () => {
    const storage = memoryStorage();
    await storage.put('/a/file', bytes);
    await assert.rejects(storage.put('/a', bytes), { kind: 'invalid-path' });
    await assert.rejects(storage.put('/a/file/below', bytes), { kind: 'invalid-path' });
    await assert.rejects(storage.put('/a/file/far/below', bytes), { kind: 'invalid-path' });
    await storage.put('/b', bytes);
    await assert.rejects(storage.move('/b', '/a/file/below'), { kind: 'invalid-path' });
    assert.equal((await storage.get('/b')).bytes.byteLength, 71, 'what could not be moved stays');
    await assert.rejects(storage.move('/a/file', '/a'), { kind: 'invalid-path' });
  });

  test('shares nothing with another', async () => {
    await memoryStorage().put('/file', bytes);
    await assert.rejects(memoryStorage().get('/file'), { kind: 'not-found' });
  });
});
