import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { blobStore } from '@lading/blob-store';
import { cachedBlobs } from '@lading/cache';
import { descriptorOf, pushBlob, pushImage } from '@lading/repository-conformance';
import { type StorageCall, observe } from '@lading/storage';
import { memoryStorage } from '@lading/storage-memory';
import { layout, registryStore } from '../src/index.ts';

/** A registry behind a cache, and what it asks of its storage. */
function observed() {
  const calls: StorageCall[] = [];
  const storage = observe(memoryStorage(), { onCall: (call) => calls.push(call) });
  const registry = registryStore({
    storage,
    blobs: cachedBlobs(blobStore({ storage, root: layout().blobs })),
  });
  /** The calls that some work makes. */
  const during = async (work: () => Promise<unknown>): Promise<string[]> => {
    calls.length = 0;
    await work();
    return calls.map(({ operation, path }) => `${operation} ${path.split('/').at(-1)}`);
  };
  return { registry, during };
}

const bytes = new TextEncoder().encode('a layer');

suite('registryStore asks of its storage', () => {
  test('one thing for a manifest by tag or digest that is cached', async () => {
    const { registry, during } = observed();
    const repository = registry.repository('team/app');
    const { digest } = await pushImage(repository, {}, { tags: ['v1'] });
    assert.deepEqual(await during(() => repository.manifests.get('v1')), ['get link']);
    assert.deepEqual(await during(() => repository.manifests.stat('v1')), ['get link']);
    assert.deepEqual(await during(() => repository.manifests.get(digest)), ['stat link']);
  });

  test('nothing of the bytes of a manifest that is too large to be cached, when it is only asked about', async () => {
    const calls: string[] = [];
    const storage = observe(memoryStorage(), { onCall: ({ operation }) => calls.push(operation) });
    const blobs = cachedBlobs(blobStore({ storage, root: layout().blobs }), { maxBlobBytes: 10 });
    const repository = registryStore({ storage, blobs }).repository('team/app');
    await pushImage(repository, {}, { tags: ['v1'] });
    const { mediaType, digest, size } = await repository.manifests.get('v1');
    await repository.manifests.stat('v1');
    calls.length = 0;
    assert.deepEqual(await repository.manifests.stat('v1'), { mediaType, digest, size });
    assert.deepEqual(calls, ['get'], 'the link');
  });

  test('one thing for a blob that is cached', async () => {
    const { registry, during } = observed();
    const repository = registry.repository('team/app');
    const { digest } = await pushBlob(repository, bytes);
    assert.deepEqual(await during(() => repository.blobs.stat(digest)), ['stat link']);
    await repository.blobs.read(digest);
    assert.deepEqual(await during(() => repository.blobs.read(digest)), ['stat link']);
  });

  test('nothing to begin an upload, once it has a key', async () => {
    const { registry, during } = observed();
    await registry.repository('team/app').uploads.create();
    assert.deepEqual(await during(() => registry.repository('team/app').uploads.create()), []);
  });

  test('one list for a page of tags or of the catalog, however many there are', async () => {
    const { registry, during } = observed();
    const { digest } = await pushImage(registry.repository('team/app'));
    const tags = Array.from({ length: 10_000 }, (_, n) => `v${n}`);
    for (const tag of tags) await registry.repository('team/app').tags.set?.(tag, digest);
    const { list } = registry.repository('team/app').tags;
    assert.deepEqual(await during(() => list({ limit: 100 })), ['list tags']);
    assert.deepEqual((await list({ limit: 3, after: 'v9998' })).items, ['v9999']);
    assert.deepEqual((await list()).items, tags.sort());
  });

  test('one list for a page of the catalog of many repositories', async () => {
    const { registry, during } = observed();
    for (let n = 0; n < 1000; n++) await pushImage(registry.repository(`team/app-${n}`));
    await registry.repositories();
    assert.deepEqual(await during(() => registry.repositories({ limit: 100 })), ['list repositories']);
    assert.equal((await registry.repositories()).items.length, 1000);
  });

  test('a number of things for a push that grows with its layers alone', async () => {
    const { registry, during } = observed();
    const repository = registry.repository('team/app');
    await pushImage(repository, {}, { tags: ['v0'] });
    const count = async (layers: number): Promise<number> => {
      const pushed = await Promise.all(
        Array.from({ length: layers }, (_, n) =>
          pushBlob(repository, new TextEncoder().encode(`${layers} ${n}`)),
        ),
      );
      const parts = { layers: pushed, annotations: { layers: String(layers) } };
      const before = await during(() => pushImage(repository));
      return (
        (await during(() => pushImage(repository, parts, { tags: [`v${layers}`] }))).length - before.length
      );
    };
    assert.ok((await count(20)) - (await count(10)) <= 40, 'at most four for each reference');
  });

  test('one list, and two things for each that it tells, for a page of referrers', async () => {
    const { registry, during } = observed();
    const repository = registry.repository('team/app');
    const subject = descriptorOf(await pushImage(repository));
    for (let n = 0; n < 5; n++) await pushImage(repository, { subject, annotations: { n: String(n) } });
    const calls = await during(() => repository.referrers(subject.digest));
    assert.equal(calls.filter((call) => call.startsWith('list')).length, 1);
    assert.equal(calls.length, 1 + 1 + 2 * 5, 'a list, the fallback tag, and entry and link of each');
  });
});
