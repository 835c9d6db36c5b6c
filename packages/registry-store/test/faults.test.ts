import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { digestOf } from '@lading/digest';
import { isRegistryError } from '@lading/errors';
import type { Registry } from '@lading/repository';
import { descriptorOf, imageBytes, indexBytes, pushBlob, pushImage } from '@lading/repository-conformance';
import type { StorageDriver } from '@lading/storage';
import { memoryStorage } from '@lading/storage-memory';
import { registryStore } from '../src/index.ts';
import { failing } from './failing-storage.ts';
import { assertSound } from './tree.ts';

/** Something that changes a repository, and how to tell that it is done. */
interface Change {
  readonly name: string;
  readonly prepare: (registry: Registry) => Promise<void>;
  readonly run: (registry: Registry) => Promise<unknown>;
  readonly verify: (registry: Registry) => Promise<void>;
}

const layer = new TextEncoder().encode('a layer');
const layerDigest = await digestOf(layer);
const image = await imageBytes({ annotations: { n: '1' } });
const imageDigest = await digestOf(image);

const annotations = { n: '1' };
const changes: readonly Change[] = [
  {
    name: 'a push of a manifest with tags and a subject',
    async prepare({ repository }) {
      await pushImage(repository('team/app'), { annotations: { n: 'other' } }, { tags: ['moved'] });
    },
    async run({ repository }) {
      const subject = {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: imageDigest,
        size: image.byteLength,
      };
      return repository('team/app').manifests.put(await imageBytes({ subject }), undefined, {
        tags: ['new', 'moved'],
      });
    },
    async verify({ repository }) {
      const { digest } = await repository('team/app').manifests.stat('new');
      assert.equal((await repository('team/app').manifests.stat('moved')).digest, digest);
      assert.deepEqual(
        (await repository('team/app').referrers(imageDigest)).items.map((item) => item.digest),
        [digest],
      );
    },
  },
  {
    name: 'the first push to a repository',
    prepare: () => Promise.resolve(),
    run: ({ repository }) => pushImage(repository('team/app'), { annotations }, { tags: ['v1'] }),
    async verify({ repository, repositories }) {
      assert.equal((await repository('team/app').manifests.stat('v1')).digest, imageDigest);
      assert.deepEqual((await repositories()).items, ['team/app']);
    },
  },
  {
    name: 'a conditional push',
    async prepare({ repository }) {
      await pushImage(repository('team/app'), { annotations: { n: 'other' } }, { tags: ['v1'] });
    },
    run: ({ repository }) =>
      repository('team/app').manifests.put(image, undefined, {
        tags: ['v1'],
        condition: { kind: 'present' },
      }),
    async verify({ repository }) {
      assert.equal((await repository('team/app').manifests.stat('v1')).digest, imageDigest);
    },
  },
  {
    name: 'a push of an index',
    async prepare({ repository }) {
      await pushImage(repository('team/app'), { annotations });
    },
    async run({ repository }) {
      const child = descriptorOf(await repository('team/app').manifests.stat(imageDigest));
      return repository('team/app').manifests.put(indexBytes([child]), undefined, { tags: ['v1'] });
    },
    async verify({ repository }) {
      assert.equal(
        (await repository('team/app').manifests.get('v1')).mediaType,
        'application/vnd.oci.image.index.v1+json',
      );
    },
  },
  {
    name: 'a delete of a manifest with tags and a subject',
    async prepare({ repository }) {
      const subject = descriptorOf(
        await pushImage(repository('team/app'), { annotations: { n: 'subject' } }, { tags: ['subject'] }),
      );
      await pushImage(repository('team/app'), { annotations, subject }, { tags: ['a', 'b', 'c'] });
    },
    async run({ repository }) {
      const subject = (await repository('team/app').manifests.stat('subject')).digest;
      const [referrer] = (await repository('team/app').referrers(subject)).items;
      if (referrer !== undefined) await repository('team/app').manifests.delete(referrer.digest);
    },
    async verify({ repository }) {
      assert.deepEqual((await repository('team/app').tags.list()).items, ['subject']);
      const subject = (await repository('team/app').manifests.stat('subject')).digest;
      assert.deepEqual((await repository('team/app').referrers(subject)).items, []);
    },
  },
  {
    name: 'a delete of a tag',
    async prepare({ repository }) {
      await pushImage(repository('team/app'), { annotations }, { tags: ['v1', 'v2'] });
    },
    async run({ repository }) {
      // Whoever asks again and hears that it is gone has what it wanted.
      await repository('team/app')
        .tags.delete('v1')
        .catch((error: unknown) =>
          assert.ok(isRegistryError(error, 'MANIFEST_UNKNOWN', 'UNAVAILABLE') && rethrow(error)),
        );
    },
    async verify({ repository }) {
      assert.deepEqual((await repository('team/app').tags.list()).items, ['v2']);
    },
  },
  {
    name: 'a push, a mount and a delete of a blob',
    prepare: () => Promise.resolve(),
    async run({ repository }) {
      await pushBlob(repository('team/app'), layer);
      const mount = await repository('team/other').blobs.mount(layerDigest, { from: 'team/app' });
      assert.equal(mount.kind, 'mounted');
      await repository('team/app').blobs.delete(layerDigest);
    },
    async verify({ repository }) {
      assert.equal((await repository('team/other').blobs.stat(layerDigest)).size, layer.byteLength);
      await assert.rejects(repository('team/app').blobs.stat(layerDigest), (error) =>
        isRegistryError(error, 'BLOB_UNKNOWN'),
      );
    },
  },
];

/** An outage is an error; that something is unknown is not. */
function rethrow(error: { readonly code: string }): true {
  if (error.code !== 'MANIFEST_UNKNOWN') throw error as unknown as Error;
  return true;
}

const faults: Readonly<Record<string, (at: number) => (number: number) => boolean>> = {
  once: (at) => (number) => number === at,
  'from then on, as when the process dies': (at) => (number) => number >= at,
};

for (const { name, prepare, run, verify } of changes) {
  suite(`${name} leaves no name that points at nothing, and can be repeated, when the storage fails`, () => {
    for (const [how, isFault] of Object.entries(faults)) {
      test(how, async () => {
        for (let at = 1; ; at++) {
          const storage = memoryStorage();
          await prepare(registryStore({ storage }));
          let reached = false;
          const broken = failing(storage, ({ number }) => {
            if (!isFault(at)(number)) return false;
            reached = true;
            return true;
          });
          const outcome = await run(registryStore({ storage: broken })).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (!reached) {
            assert.equal(outcome, undefined);
            assert.ok(at > 3, 'something was tried');
            return;
          }
          const where = `call ${at}`;
          assert.ok(
            outcome === undefined || isRegistryError(outcome, 'UNAVAILABLE'),
            `${where}: ${String(outcome)}`,
          );
          await assertSound(storage);
          await run(registryStore({ storage }));
          await verify(registryStore({ storage }));
          await assertSound(storage);
        }
      });
    }
  });
}

suite('a fault of the storage', () => {
  const reads: Readonly<Record<string, (registry: Registry) => Promise<unknown>>> = {
    'manifests.get by tag': ({ repository }) => repository('team/app').manifests.get('v1'),
    'manifests.stat by digest': ({ repository }) => repository('team/app').manifests.stat(imageDigest),
    'blobs.stat': ({ repository }) => repository('team/app').blobs.stat(layerDigest),
    'blobs.read': ({ repository }) => repository('team/app').blobs.read(layerDigest),
    'blobs.delete': ({ repository }) => repository('team/app').blobs.delete(layerDigest),
    'blobs.mount': ({ repository }) =>
      repository('team/other').blobs.mount(layerDigest, { from: 'team/app' }),
    'tags.list': ({ repository }) => repository('team/app').tags.list(),
    'tags.delete': ({ repository }) => repository('team/app').tags.delete('v1'),
    referrers: ({ repository }) => repository('team/app').referrers(imageDigest),
    repositories: ({ repositories }) => repositories(),
    'uploads.create': ({ repository }) => repository('team/app').uploads.create(),
  };
  const filled = async (): Promise<StorageDriver> => {
    const storage = memoryStorage();
    const { repository } = registryStore({ storage });
    await pushBlob(repository('team/app'), layer);
    await pushImage(repository('team/app'), { annotations }, { tags: ['v1'] });
    return storage;
  };

  for (const [name, read] of Object.entries(reads)) {
    test(`is UNAVAILABLE, never unknown, in ${name}`, async () => {
      const storage = failing(await filled(), () => true);
      await assert.rejects(read(registryStore({ storage })), (error) => {
        assert.ok(isRegistryError(error, 'UNAVAILABLE'));
        assert.equal(error.status, 503);
        assert.ok(error.retryAfter !== undefined && error.retryAfter > 0);
        assert.ok(!JSON.stringify(error.entries).includes('docker'), 'tells no path');
        assert.ok(error.cause instanceof Error, 'keeps its cause');
        return true;
      });
    });
  }

  test('is 507 when there is no room', async () => {
    const storage = failing(
      await filled(),
      ({ operation }) => operation === 'put' || operation === 'write',
      'full',
    );
    const pushes = [
      () => pushBlob(registryStore({ storage }).repository('team/app'), new TextEncoder().encode('more')),
      async () =>
        registryStore({ storage })
          .repository('team/app')
          .manifests.put(await imageBytes({ annotations: { n: '2' } }), undefined),
    ];
    for (const push of pushes) {
      await assert.rejects(push(), (error) => isRegistryError(error, 'UNAVAILABLE') && error.status === 507);
    }
  });

  test('is 501 when the storage cannot set tags under a condition, before anything is stored', async () => {
    const storage: StorageDriver = { ...(await filled()), conditional: false };
    const writes: string[] = [];
    const { repository } = registryStore({
      storage: failing(storage, ({ operation, path }) => {
        if (operation === 'put' || operation === 'write') writes.push(path);
        return false;
      }),
    });
    const bytes = await imageBytes({ annotations: { n: '2' } });
    const push = repository('team/app').manifests.put(bytes, undefined, {
      tags: ['v1'],
      condition: { kind: 'present' },
    });
    await assert.rejects(push, (error) => isRegistryError(error, 'UNSUPPORTED') && error.status === 501);
    assert.deepEqual(writes, []);
    await repository('team/app').manifests.put(bytes, undefined, {
      tags: ['v2'],
      condition: { kind: 'absent' },
    });
  });
});
