import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Blobs, blobStore } from '@lading/blob-store';
import { collect, fromChunks } from '@lading/bytes';
import { type Digest, digestOf } from '@lading/digest';
import { isRegistryError } from '@lading/errors';
import { type StorageCall, type StorageDriver, observe } from '@lading/storage';
import { memoryStorage } from '@lading/storage-memory';
import fc from 'fast-check';
import { type CachedBlobsOptions, type DescriptorCache, cachedBlobs } from '../src/index.ts';

const small = new TextEncoder().encode('a small blob, such as a manifest');
const smallDigest = await digestOf(small);

interface Setting {
  readonly blobs: Blobs;
  readonly storage: StorageDriver;
  /** What was asked of the storage since the last look. */
  readonly asked: () => string[];
}

function setting(options: CachedBlobsOptions = {}): Setting {
  const calls: StorageCall[] = [];
  const storage = observe(memoryStorage(), { onCall: (call) => calls.push(call) });
  const asked = (): string[] => calls.splice(0).map(({ operation }) => operation);
  return { blobs: cachedBlobs(blobStore({ storage }), options), storage, asked };
}

/** A blob that the cache has never seen. */
async function store(storage: StorageDriver, bytes: Uint8Array): Promise<Digest> {
  const digest = await digestOf(bytes);
  await blobStore({ storage }).put(digest, bytes);
  return digest;
}

suite('cachedBlobs.stat', () => {
  test('asks the storage once', async () => {
    const { blobs, storage, asked } = setting();
    const digest = await store(storage, small);
    asked();
    for (const _ of [1, 2, 3]) assert.deepEqual(await blobs.stat(digest), { digest, size: small.byteLength });
    assert.deepEqual(asked(), ['stat']);
  });

  test('asks once for many at once', async () => {
    const { blobs, storage, asked } = setting();
    const digest = await store(storage, small);
    asked();
    await Promise.all(Array.from({ length: 100 }, () => blobs.stat(digest)));
    assert.deepEqual(asked(), ['stat']);
  });

  test('does not remember what is not there', async () => {
    const { blobs, storage } = setting();
    const unknown = (error: unknown): boolean => isRegistryError(error, 'BLOB_UNKNOWN');
    await assert.rejects(blobs.stat(smallDigest), unknown);
    await assert.rejects(blobs.get(smallDigest), unknown);
    await assert.rejects(blobs.read(smallDigest), unknown);
    await store(storage, small);
    assert.equal((await blobs.stat(smallDigest)).size, small.byteLength);
    assert.deepEqual(await blobs.get(smallDigest), small);
  });
});

suite('cachedBlobs.get', () => {
  test('gives the same bytes again, not others like them', async () => {
    const { blobs, storage, asked } = setting();
    const digest = await store(storage, small);
    asked();
    const first = await blobs.get(digest);
    assert.deepEqual(first, small);
    assert.equal(await blobs.get(digest), first);
    assert.deepEqual(asked(), ['get']);
  });

  test('gives what was put without asking the storage, and keeps no hold of what it was lent', async () => {
    const { blobs, asked } = setting();
    const lent = small.slice();
    await blobs.put(smallDigest, lent);
    lent.fill(0);
    asked();
    assert.deepEqual(await blobs.get(smallDigest), small);
    assert.deepEqual(asked(), []);
  });

  test('does not keep what is larger than it may', async () => {
    const { blobs, storage, asked } = setting({ maxBlobBytes: 10 });
    const digest = await store(storage, small);
    asked();
    await blobs.get(digest);
    await blobs.get(digest);
    assert.deepEqual(asked(), ['get', 'get']);
  });

  test('stays within its memory: what was asked for longest ago goes', async () => {
    const { blobs, storage, asked } = setting({ maxBytes: 4 * (100 + 512) });
    const digests: Digest[] = [];
    for (let n = 0; n < 5; n++) digests.push(await store(storage, new Uint8Array(100).fill(n)));
    for (const digest of digests) await blobs.get(digest);
    asked();
    for (const digest of digests.slice(1)) await blobs.get(digest);
    assert.deepEqual(asked(), []);
    for (const digest of digests.slice(0, 1)) await blobs.get(digest);
    assert.deepEqual(asked(), ['get']);
  });

  test('lets one who leaves go alone', async () => {
    const { blobs, storage } = setting();
    const digest = await store(storage, small);
    const controller = new AbortController();
    const reason = new Error('left');
    const [leaver, ...others] = [
      blobs.get(digest, { signal: controller.signal }),
      blobs.get(digest),
      blobs.get(digest),
    ];
    controller.abort(reason);
    await assert.rejects(leaver ?? assert.fail(), reason);
    assert.deepEqual(await Promise.all(others), [small, small]);
  });

  test('tries again after a failure, which all who waited hear of', async () => {
    const storage = memoryStorage();
    const digest = await store(storage, small);
    let failures = 1;
    const get: StorageDriver['get'] = async (path, options) => {
      await setImmediate();
      if (failures-- > 0) throw new Error('once');
      return storage.get(path, options);
    };
    const blobs = cachedBlobs(blobStore({ storage: { ...storage, get } }));
    const results = await Promise.allSettled([blobs.get(digest), blobs.get(digest)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.deepEqual(await blobs.get(digest), small);
  });
});

suite('cachedBlobs.read', () => {
  test('gives of a small blob any range from memory', async () => {
    const { blobs, storage, asked } = setting();
    const bytes = Uint8Array.from({ length: 1000 }, (_, n) => n % 251);
    const digest = await store(storage, bytes);
    await collect((await blobs.read(digest)).body);
    asked();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1000),
        fc.option(fc.nat(1500), { nil: undefined }),
        fc.boolean(),
        async (offset, length, recycle) => {
          const range = length === undefined ? { offset } : { offset, length };
          const blob = await blobs.read(digest, { range, recycle });
          assert.equal(blob.size, 1000);
          assert.deepEqual(
            await collect(blob.body),
            bytes.slice(offset, length === undefined ? undefined : offset + length),
          );
        },
      ),
    );
    await assert.rejects(blobs.read(digest, { range: { offset: 1001 } }), (error) =>
      isRegistryError(error, 'RANGE_INVALID'),
    );
    assert.deepEqual(asked(), []);
  });

  test('gives chunks that belong to who receives them, unless they may be recycled', async () => {
    const { blobs, storage } = setting();
    const digest = await store(storage, small);
    for (const _ of [1, 2]) {
      const bytes = await collect((await blobs.read(digest)).body);
      assert.deepEqual(bytes, small);
      bytes.fill(0);
    }
    const shared = await blobs.get(digest);
    for await (const chunk of (await blobs.read(digest, { recycle: true })).body)
      assert.equal(chunk.buffer, shared.buffer);
  });

  test('streams a large blob from the storage', async () => {
    const { blobs, storage, asked } = setting({ maxBlobBytes: 10 });
    const digest = await store(storage, small);
    await collect((await blobs.read(digest)).body);
    asked();
    assert.deepEqual(await collect((await blobs.read(digest)).body), small);
    assert.ok(asked().includes('read'));
  });

  test('keeps nothing when it has no memory', async () => {
    const { blobs, storage, asked } = setting({ maxBytes: 0 });
    const digest = await store(storage, small);
    asked();
    for (const _ of [1, 2]) assert.deepEqual(await collect((await blobs.read(digest)).body), small);
    assert.deepEqual(asked().filter((operation) => operation === 'read').length, 2);
  });

  test('reads an empty blob', async () => {
    const { blobs, storage } = setting();
    const digest = await store(storage, new Uint8Array());
    for (const _ of [1, 2]) assert.equal((await collect((await blobs.read(digest)).body)).byteLength, 0);
  });
});

suite('cachedBlobs', () => {
  test('writes to the storage whatever it remembers', async () => {
    const { blobs, storage } = setting();
    const digest = await store(storage, small);
    await blobs.get(digest);
    await blobs.stat(digest);
    await storage.delete(blobs.pathOf(digest));
    await blobs.put(digest, small);
    assert.equal((await storage.stat(blobs.pathOf(digest))).kind, 'file');
    await storage.delete(blobs.pathOf(digest));
    await blobs.write(digest, fromChunks(small));
    assert.equal((await storage.stat(blobs.pathOf(digest))).kind, 'file');
  });

  test('knows the size of what was written', async () => {
    const { blobs, asked } = setting();
    await blobs.write(smallDigest, fromChunks(small));
    asked();
    assert.equal((await blobs.stat(smallDigest)).size, small.byteLength);
    assert.deepEqual(asked(), []);
  });

  test('forgets what is deleted', async () => {
    const { blobs, storage } = setting();
    const digest = await store(storage, small);
    await blobs.get(digest);
    await blobs.stat(digest);
    await blobs.delete(digest);
    await assert.rejects(blobs.stat(digest), (error) => isRegistryError(error, 'BLOB_UNKNOWN'));
    await assert.rejects(blobs.get(digest), (error) => isRegistryError(error, 'BLOB_UNKNOWN'));
  });

  test('keeps nothing of a load that a delete overtook', async () => {
    const storage = memoryStorage();
    const digest = await store(storage, small);
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const held: StorageDriver = {
      ...storage,
      async get(path, options) {
        const file = await storage.get(path, options);
        await gate;
        return file;
      },
      async stat(path, options) {
        const found = await storage.stat(path, options);
        await gate;
        return found;
      },
    };
    const blobs = cachedBlobs(blobStore({ storage: held }));
    const [bytes, info] = [blobs.get(digest), blobs.stat(digest)];
    await setImmediate();
    await blobs.delete(digest);
    release();
    assert.deepEqual([await bytes, (await info).size], [small, small.byteLength]);
    await assert.rejects(blobs.get(digest), (error) => isRegistryError(error, 'BLOB_UNKNOWN'));
    await assert.rejects(blobs.stat(digest), (error) => isRegistryError(error, 'BLOB_UNKNOWN'));
  });

  test('lacks url where the blobs do', () => {
    const { blobs } = setting();
    assert.equal('url' in blobs, false);
  });
});

suite('a DescriptorCache', () => {
  const failures: Readonly<Record<string, () => never | Promise<never>>> = {
    throws() {
      throw new Error('down');
    },
    rejects: () => Promise.reject(new Error('down')),
  };
  for (const [how, fail] of Object.entries(failures)) {
    test(`that ${how} fails no request`, async () => {
      const errors: unknown[] = [];
      const descriptors: DescriptorCache = { get: fail, set: fail, delete: fail };
      const { blobs } = setting({ descriptors, maxBytes: 0, onError: (error) => errors.push(error) });
      await blobs.write(smallDigest, fromChunks(small));
      assert.equal((await blobs.stat(smallDigest)).size, small.byteLength);
      assert.equal((await blobs.read(smallDigest)).size, small.byteLength);
      await blobs.delete(smallDigest);
      await setImmediate();
      assert.ok(errors.length >= 4);
      assert.ok(errors.every((error) => error instanceof Error && error.message === 'down'));
    });
  }

  test('may answer by a promise, and be shared', async () => {
    const shared = new Map<Digest, number>();
    const descriptors: DescriptorCache = {
      async get(digest) {
        await setImmediate();
        const size = shared.get(digest);
        return size === undefined ? undefined : { digest, size };
      },
      async set({ digest, size }) {
        await setImmediate();
        shared.set(digest, size);
      },
      delete(digest) {
        shared.delete(digest);
      },
    };
    const { storage, blobs, asked } = setting({ descriptors, maxBytes: 0 });
    const digest = await store(storage, small);
    await blobs.stat(digest);
    await setImmediate();
    await setImmediate();
    asked();
    const other = cachedBlobs(blobStore({ storage }), { descriptors });
    assert.equal((await other.stat(digest)).size, small.byteLength);
    assert.deepEqual(asked(), []);
  });
});
