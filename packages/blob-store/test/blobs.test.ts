import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { collect } from '@lading/bytes';
import { digestOf, isMismatchError } from '@lading/digest';
import { isRegistryError } from '@lading/errors';
import { isStorageError } from '@lading/storage';
import { blobStore } from '../src/index.ts';
import { body, createWorld, cutOff, digest, text } from './world.ts';

const unknown = (error: unknown): boolean => isRegistryError(error, 'BLOB_UNKNOWN');

describe('blobStore', () => {
  it('lies where CNCF Distribution looks, under the algorithm of the digest', async () => {
    const { storage } = createWorld();
    const blobs = blobStore({ storage });
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const wanted = await digestOf(text('content'), algorithm);
      await blobs.write(wanted, body('content'));
      const hex = wanted.slice(algorithm.length + 1);
      const path = `/docker/registry/v2/blobs/${algorithm}/${hex.slice(0, 2)}/${hex}/data`;
      assert.equal(new TextDecoder().decode((await storage.get(path)).bytes), 'content');
    }
  });

  it('read gives a range of the bytes', async () => {
    const { blobs } = createWorld();
    const wanted = await digest('0123456789');
    await blobs.write(wanted, body('01234', '56789'), { size: 10 });
    const read = async (range: { offset: number; length?: number }): Promise<string> =>
      new TextDecoder().decode(await collect((await blobs.read(wanted, { range })).body));
    assert.equal(await read({ offset: 3, length: 4 }), '3456');
    assert.equal(await read({ offset: 8 }), '89');
    assert.equal(await read({ offset: 10 }), '');
    await assert.rejects(read({ offset: 11 }), (error) => isRegistryError(error, 'RANGE_INVALID'));
  });

  it('stat, get and read reject with BLOB_UNKNOWN where there is none', async () => {
    const { blobs } = createWorld();
    const wanted = await digest('missing');
    await assert.rejects(blobs.stat(wanted), unknown);
    await assert.rejects(blobs.get(wanted), unknown);
    await assert.rejects(blobs.read(wanted), unknown);
  });

  it('a fault of the storage is not taken for a missing blob', async () => {
    const { storage } = createWorld();
    const fault = (): Promise<never> => Promise.reject(new Error('the disk is on fire'));
    const blobs = blobStore({ storage: { ...storage, stat: fault, get: fault, read: fault } });
    const wanted = await digest('anything');
    for (const call of [blobs.stat(wanted), blobs.get(wanted), blobs.read(wanted)])
      await assert.rejects(call, /on fire/);
  });

  it('write stores nothing when the bytes are wrong, too many, too few, or broken off', async () => {
    const { blobs } = createWorld();
    const wanted = await digest('right');
    await assert.rejects(blobs.write(wanted, body('wrong')), isMismatchError);
    await assert.rejects(blobs.write(wanted, body('right'), { size: 4 }), isMismatchError);
    await assert.rejects(blobs.write(wanted, body('right'), { size: 6 }), isMismatchError);
    await assert.rejects(blobs.write(wanted, cutOff('right')), /connection reset/);
    await assert.rejects(blobs.stat(wanted), unknown);
  });

  it('write of a blob that is there reads and verifies the bytes all the same, and writes none', async () => {
    const { blobs, calls } = createWorld();
    const wanted = await digest('known');
    await blobs.write(wanted, body('known'));
    const before = calls.length;
    assert.deepEqual(await blobs.write(wanted, body('kno', 'wn')), { digest: wanted, size: 5 });
    await assert.rejects(blobs.write(wanted, body('claim')), isMismatchError);
    assert.deepEqual(
      calls.slice(before).map(({ operation }) => operation),
      ['stat', 'stat'],
    );
  });

  it('put replaces what lies there torn', async () => {
    const { blobs, storage } = createWorld();
    const wanted = await digest('manifest');
    await storage.put(blobs.pathOf(wanted), text('mani'));
    await blobs.put(wanted, text('manifest'));
    assert.equal(new TextDecoder().decode(await blobs.get(wanted)), 'manifest');
  });

  it('adopt joins files where the storage can compose and where it cannot', async () => {
    for (const composing of [true, false]) {
      const { storage } = createWorld();
      const { compose, ...rest } = storage;
      const blobs = blobStore({ storage: composing && compose !== undefined ? storage : rest });
      await storage.put('/parts/1', text('one '));
      await storage.put('/parts/2', text('two'));
      await blobs.adopt(await digest('one two'), ['/parts/1', '/parts/2']);
      assert.equal(new TextDecoder().decode(await blobs.get(await digest('one two'))), 'one two');
      await assert.rejects(blobs.adopt(await digest('other'), ['/parts/3']), (error) =>
        isStorageError(error, 'not-found'),
      );
    }
  });

  it('list tells every blob and nothing else; delete frees one', async () => {
    const { blobs, storage } = createWorld();
    const both = [await digest('a'), await digestOf(text('b'), 'sha512')] as const;
    await blobs.write(both[0], body('a'));
    await blobs.write(both[1], body('b'));
    await storage.put('/v2/blobs/sha256/aa/note', text('not a blob'));
    assert.deepEqual((await Array.fromAsync(blobs.list())).sort(), [...both].sort());
    await blobs.delete(both[0]);
    assert.deepEqual(await Array.fromAsync(blobs.list()), [both[1]]);
  });
});
