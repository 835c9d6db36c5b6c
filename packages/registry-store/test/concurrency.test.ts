import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { digestOf } from '@lading/digest';
import { isRegistryError } from '@lading/errors';
import { mediaTypes } from '@lading/manifest';
import type { TagCondition } from '@lading/repository';
import { descriptorOf, imageBytes, indexBytes, pushBlob, pushImage } from '@lading/repository-conformance';
import type { StorageDriver } from '@lading/storage';
import { fsStorage } from '@lading/storage-fs';
import { memoryStorage } from '@lading/storage-memory';
import fc from 'fast-check';
import { registryStore } from '../src/index.ts';
import { guarded } from './failing-storage.ts';
import { assertSound } from './tree.ts';

/** A driver whose calls begin in the order that a scheduler chooses. */
function scheduled(storage: StorageDriver, scheduler: fc.Scheduler): StorageDriver {
  return guarded(storage, ({ operation, path }) =>
    scheduler.schedule(Promise.resolve(), `${operation} ${path}`),
  );
}

/** Resolves with what something rejects with, if it is one of the refusals that losing a race may be answered with. */
async function orRefused(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (isRegistryError(error, 'MANIFEST_UNKNOWN', 'MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN')) return error;
    throw error;
  }
}

const bytes = await imageBytes({ annotations: { n: '1' } });

suite('whatever the order of their calls', () => {
  test('a delete and a push of the same manifest leave no tag without it, and no referrer untold', async () => {
    const subject = { mediaType: mediaTypes.ociImage, digest: await digestOf(bytes), size: bytes.byteLength };
    const signature = await imageBytes({ subject, annotations: { n: 'signature' } });
    const races = fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, tagged) => {
      const storage = memoryStorage();
      const before = registryStore({ storage }).repository('team/app');
      await pushImage(before);
      const { digest } = await before.manifests.put(signature, undefined, {
        tags: tagged ? ['v1', 'old'] : [],
      });
      const { manifests } = registryStore({ storage: scheduled(storage, scheduler) }).repository('team/app');
      const push = manifests.put(signature, undefined, { tags: ['v1'] });
      await scheduler.waitFor(Promise.all([push, orRefused(manifests.delete(digest))]));
      await assertSound(storage);
      const isThere = (await orRefused(before.manifests.stat(digest))) === undefined;
      assert.equal((await before.referrers(subject.digest)).items.length, isThere ? 1 : 0);
    });
    await fc.assert(races, { numRuns: 500 });
  });

  test('a delete of a blob and a push of its manifest leave a whole manifest or none', async () => {
    const races = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const storage = memoryStorage();
      const layer = await pushBlob(
        registryStore({ storage }).repository('team/app'),
        new TextEncoder().encode('a layer'),
      );
      await pushImage(registryStore({ storage }).repository('team/app'));
      const { manifests, blobs } = registryStore({ storage: scheduled(storage, scheduler) }).repository(
        'team/app',
      );
      const push = orRefused(
        manifests.put(await imageBytes({ layers: [layer] }), undefined, { tags: ['v1'] }),
      );
      const [refused] = await scheduler.waitFor(Promise.all([push, blobs.delete(layer.digest)]));
      // The blob may be deleted after the push was answered: that is how blobs are deleted. Then the push was not refused.
      if (refused !== undefined) await assertSound(storage);
    });
    await fc.assert(races, { numRuns: 300 });
  });

  test('a delete of a manifest and a push of an index of it leave a whole index or none', async () => {
    const races = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const storage = memoryStorage();
      const child = descriptorOf(await pushImage(registryStore({ storage }).repository('team/app')));
      const { manifests } = registryStore({ storage: scheduled(storage, scheduler) }).repository('team/app');
      const push = orRefused(manifests.put(indexBytes([child]), undefined, { tags: ['v1'] }));
      const [refused] = await scheduler.waitFor(Promise.all([push, manifests.delete(child.digest)]));
      if (refused !== undefined) await assertSound(storage);
    });
    await fc.assert(races, { numRuns: 300 });
  });

  test('a delete of a tag and a push of it leave the tag whole or gone', async () => {
    const races = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const storage = memoryStorage();
      await pushImage(registryStore({ storage }).repository('team/app'), {}, { tags: ['v1'] });
      const { manifests, tags } = registryStore({ storage: scheduled(storage, scheduler) }).repository(
        'team/app',
      );
      const push = manifests.put(await imageBytes({ annotations: { n: '2' } }), undefined, { tags: ['v1'] });
      await scheduler.waitFor(Promise.all([push, orRefused(tags.delete('v1'))]));
      await assertSound(storage);
    });
    await fc.assert(races, { numRuns: 300 });
  });
});

const places: Readonly<
  Record<string, () => Promise<{ storage: StorageDriver; close: () => Promise<void> }>>
> = {
  memory: () => Promise.resolve({ storage: memoryStorage(), close: () => Promise.resolve() }),
  async files() {
    const root = await mkdtemp(join(tmpdir(), 'registry-store-'));
    return { storage: fsStorage({ root }), close: () => rm(root, { recursive: true, force: true }) };
  },
};

for (const [place, open] of Object.entries(places)) {
  suite(`over ${place}`, () => {
    /** Many pushes of different images to one tag, over registries that know nothing of each other. */
    const race = async (
      storage: StorageDriver,
      count: number,
      condition: (n: number) => TagCondition,
    ): Promise<string[]> => {
      const pushes = Array.from({ length: count }, async (_, n) => {
        const image = await imageBytes({ annotations: { n: `racer ${n}` } });
        const { manifests } = registryStore({ storage }).repository('team/app');
        return manifests.put(image, undefined, { tags: ['v1'], condition: condition(n) });
      });
      const results = await Promise.allSettled(pushes);
      for (const result of results) {
        if (result.status === 'rejected')
          assert.ok(isRegistryError(result.reason) && result.reason.status === 412, String(result.reason));
      }
      return results.filter((result) => result.status === 'fulfilled').map(({ value }) => value.digest);
    };

    test('of twenty pushes who want a new tag one wins', async () => {
      const { storage, close } = await open();
      await pushImage(registryStore({ storage }).repository('team/app'));
      const winners = await race(storage, 20, () => ({ kind: 'absent' }));
      assert.equal(winners.length, 1);
      assert.equal(
        (await registryStore({ storage }).repository('team/app').manifests.stat('v1')).digest,
        winners[0],
      );
      await close();
    });

    test('of twenty pushes over the same manifest one wins', async () => {
      const { storage, close } = await open();
      const { digest } = await pushImage(
        registryStore({ storage }).repository('team/app'),
        {},
        { tags: ['v1'] },
      );
      const winners = await race(storage, 20, () => ({ kind: 'digest', digests: [digest] }));
      assert.equal(winners.length, 1);
      assert.equal(
        (await registryStore({ storage }).repository('team/app').manifests.stat('v1')).digest,
        winners[0],
      );
      await close();
    });

    test('of ten pushes over whatever is there all win', async () => {
      const { storage, close } = await open();
      await pushImage(registryStore({ storage }).repository('team/app'), {}, { tags: ['v1'] });
      const winners = await race(storage, 10, () => ({ kind: 'present' }));
      assert.equal(winners.length, 10);
      await close();
    });

    test('a tag that is set, moved and deleted by many at once is always whole', async () => {
      const { storage, close } = await open();
      const images = await Promise.all(
        [1, 2, 3].map((n) =>
          pushImage(registryStore({ storage }).repository('team/app'), { annotations: { n: String(n) } }),
        ),
      );
      const { manifests, tags } = registryStore({ storage }).repository('team/app');
      let reads = 0;
      const state = { writing: true };
      const read = async (): Promise<void> => {
        while (state.writing) {
          await setImmediate();
          const found = await manifests.get('hammered').catch((error: unknown) => {
            if (!isRegistryError(error, 'MANIFEST_UNKNOWN')) throw error;
          });
          if (found === undefined) continue;
          reads += 1;
          assert.ok(images.some(({ digest }) => digest === found.digest));
        }
      };
      const write = async ({ digest }: { digest: `${string}:${string}` }, n: number): Promise<void> => {
        for (let round = 0; round < 15; round++) {
          await tags.set?.('hammered', digest);
          await setImmediate();
          if ((round + n) % 4 === 0) await orRefused(tags.delete('hammered'));
        }
      };
      const writers = Promise.all(images.map(write)).finally(() => {
        state.writing = false;
      });
      await Promise.all([writers, read(), read()]);
      assert.ok(reads > 0);
      await tags.set?.('hammered', images[0]?.digest ?? assert.fail());
      assert.equal((await manifests.stat('hammered')).digest, images[0]?.digest);
      await assertSound(storage);
      await close();
    });

    test('many pushes of the same image to many repositories all succeed', async () => {
      const { storage, close } = await open();
      const names = Array.from({ length: 20 }, (_, n) => `team/app-${n % 10}`);
      await Promise.all(
        names.map((name, n) =>
          pushImage(registryStore({ storage }).repository(name), {}, { tags: [`v${n}`] }),
        ),
      );
      const { repository, repositories } = registryStore({ storage });
      assert.equal((await repositories()).items.length, 10);
      for (const [n, name] of names.entries())
        assert.ok((await repository(name).tags.list()).items.includes(`v${n}`));
      await assertSound(storage);
      await close();
    });
  });
}

test('a delete between the name of a tag and its history leaves no tag in the list that is none', async () => {
  const storage = memoryStorage();
  await pushImage(registryStore({ storage }).repository('team/app'));
  const digest = await digestOf(bytes);
  let deleted = false;
  const racing: StorageDriver = {
    ...storage,
    async put(path, link, options) {
      if (path.includes('/tags/raced/index/') && !deleted) {
        deleted = true;
        await registryStore({ storage }).repository('team/app').manifests.delete(digest);
      }
      return storage.put(path, link, options);
    },
  };
  await registryStore({ storage: racing })
    .repository('team/app')
    .manifests.put(bytes, undefined, { tags: ['raced'] });
  assert.equal(deleted, true);
  const { tags, manifests } = registryStore({ storage }).repository('team/app');
  for (const tag of (await tags.list()).items) assert.equal((await manifests.stat(tag)).size > 0, true);
});
