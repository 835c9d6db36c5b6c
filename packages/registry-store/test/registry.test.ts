import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { secretKeys } from '@lading/blob-store';
import { fromChunks } from '@lading/bytes';
import { digestOf } from '@lading/digest';
import { RegistryError, isRegistryError } from '@lading/errors';
import { mediaTypes } from '@lading/manifest';
import type { PolicySubject } from '@lading/repository';
import {
  descriptorOf,
  emptyJson,
  imageBytes,
  indexBytes,
  pushBlob,
  pushImage,
} from '@lading/repository-conformance';
import { memoryStorage } from '@lading/storage-memory';
import { registryStore } from '../src/index.ts';
import { filesOf } from './tree.ts';

const absent = { mediaType: mediaTypes.ociImage, digest: await digestOf(new Uint8Array([1])), size: 1 };

suite('registryStore asks its policies', () => {
  test('about each manifest that is whole, with everything there is to know', async () => {
    const seen: PolicySubject[] = [];
    const registry = registryStore({
      storage: memoryStorage(),
      policies: [(subject) => Promise.resolve(void seen.push(subject))],
    });
    const { digest } = await pushImage(
      registry.repository('team/app'),
      { annotations: { n: '1' } },
      { tags: ['v1', 'latest'] },
    );
    await assert.rejects(registry.repository('team/app').manifests.put(indexBytes([absent]), undefined));
    assert.equal(seen.length, 1);
    const [subject] = seen;
    assert.deepEqual(
      [subject?.repository, subject?.digest, subject?.tags],
      ['team/app', digest, ['v1', 'latest']],
    );
    assert.deepEqual(subject?.manifest.annotations, { n: '1' });
  });

  test('in turn, and stores nothing that one refuses', async () => {
    const storage = memoryStorage();
    const asked: string[] = [];
    const refusal = new RegistryError('DENIED', { message: 'not here' });
    const { repository } = registryStore({
      storage,
      policies: [
        () => Promise.resolve(void asked.push('first')),
        () => Promise.reject(refusal),
        () => Promise.resolve(void asked.push('last')),
      ],
    });
    await pushBlob(repository('team/app'), emptyJson);
    const before = await filesOf(storage);
    await assert.rejects(
      repository('team/app').manifests.put(await imageBytes(), undefined, { tags: ['v1'] }),
      refusal,
    );
    assert.deepEqual(asked, ['first']);
    assert.deepEqual(await filesOf(storage), before);
  });
});

suite('registryStore takes a manifest', () => {
  test('without what may be missing', async () => {
    const { repository } = registryStore({
      storage: memoryStorage(),
      mayBeMissing: ({ role }) => role === 'manifest',
    });
    const index = await repository('team/app').manifests.put(indexBytes([absent]), undefined, {
      tags: ['sparse'],
    });
    assert.equal((await repository('team/app').manifests.stat('sparse')).digest, index.digest);
    const image = repository('team/app').manifests.put(await imageBytes({ layers: [absent] }), undefined);
    await assert.rejects(image, (error) => isRegistryError(error, 'MANIFEST_BLOB_UNKNOWN'));
  });

  test('that is an index of layers, as BuildKit keeps its cache', async () => {
    const { repository } = registryStore({ storage: memoryStorage() });
    const layer = await pushBlob(repository('team/app'), new TextEncoder().encode('cached'));
    const config = {
      ...(await pushBlob(repository('team/app'), emptyJson)),
      mediaType: 'application/vnd.buildkit.cacheconfig.v0',
    };
    const { digest } = await repository('team/app').manifests.put(indexBytes([layer, config]), undefined, {
      tags: ['cache'],
    });
    assert.equal((await repository('team/app').manifests.stat('cache')).digest, digest);
    const asImage = { ...layer, mediaType: mediaTypes.ociImage };
    const push = repository('team/app').manifests.put(indexBytes([asImage]), undefined);
    await assert.rejects(push, (error) => isRegistryError(error, 'MANIFEST_BLOB_UNKNOWN'));
  });

  test('that refers to one thing many times, and names it once when it is missing', async () => {
    const { repository } = registryStore({ storage: memoryStorage() });
    const layer = { ...absent, mediaType: mediaTypes.ociLayer };
    await pushBlob(repository('team/app'), emptyJson);
    const push = repository('team/app').manifests.put(
      await imageBytes({ layers: [layer, layer, layer] }),
      undefined,
    );
    await assert.rejects(
      push,
      (error) => isRegistryError(error, 'MANIFEST_BLOB_UNKNOWN') && error.entries.length === 1,
    );
  });

  test('under no digest that it cannot compute', async () => {
    const { repository } = registryStore({ storage: memoryStorage() });
    await pushBlob(repository('team/app'), emptyJson);
    for (const digest of ['md5:00', 'sha256:../../etc'] as const) {
      const push = repository('team/app').manifests.put(await imageBytes(), undefined, { digest });
      await assert.rejects(push, (error) => isRegistryError(error, 'DIGEST_INVALID'));
    }
  });
});

suite('registryStore', () => {
  test('keeps everything below its root', async () => {
    const storage = memoryStorage();
    const registry = registryStore({ storage, root: '/some/where' });
    await pushImage(registry.repository('team/app'), {}, { tags: ['v1'] });
    await registry.repositories();
    const paths = [...(await filesOf(storage)).keys()];
    assert.ok(paths.length > 5 && paths.every((path) => path.startsWith('/some/where/')));
  });

  test('goes on with an upload that another one with the same keys began', async () => {
    const storage = memoryStorage();
    const bytes = new TextEncoder().encode('in two halves');
    const begun = await registryStore({ storage }).repository('team/app').uploads.create();
    const half = await registryStore({ storage })
      .repository('team/app')
      .uploads.append(begun.session, fromChunks(bytes.subarray(0, 6)));
    const { uploads } = registryStore({ storage }).repository('team/app');
    await uploads.commit(half.session, await digestOf(bytes), fromChunks(bytes.subarray(6)));
    const stranger = registryStore({ storage, keys: secretKeys(['another secret']) }).repository(
      'team/app',
    ).uploads;
    await assert.rejects(stranger.status(half.session), (error) =>
      isRegistryError(error, 'BLOB_UPLOAD_UNKNOWN'),
    );
  });

  test('sets no tag to a manifest that was deleted', async () => {
    const { repository } = registryStore({ storage: memoryStorage() });
    const { tags, manifests, referrers } = repository('team/app');
    const subject = descriptorOf(await pushImage(repository('team/app')));
    const { digest } = await pushImage(repository('team/app'), { subject });
    await tags.set?.('v1', digest);
    await manifests.delete(digest);
    await assert.rejects(tags.set?.('v1', digest) ?? assert.fail(), (error) =>
      isRegistryError(error, 'MANIFEST_UNKNOWN'),
    );
    assert.deepEqual((await referrers(subject.digest)).items, []);
  });

  test('gives pages of referrers that no client would refuse for their size', async () => {
    const { repository } = registryStore({ storage: memoryStorage() });
    const { referrers } = repository('team/app');
    const subject = descriptorOf(await pushImage(repository('team/app')));
    const note = 'x'.repeat(1024 * 1024);
    for (let n = 0; n < 6; n++)
      await pushImage(repository('team/app'), { subject, annotations: { note, n: String(n) } });
    const first = await referrers(subject.digest);
    assert.equal(first.items.length, 3);
    const second = await referrers(subject.digest, first.next === undefined ? {} : { after: first.next });
    assert.equal(new Set([...first.items, ...second.items].map(({ digest }) => digest)).size, 6);
    assert.equal(second.next, undefined);
  });
});
