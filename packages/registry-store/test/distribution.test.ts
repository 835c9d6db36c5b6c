import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { collect } from '@lading/bytes';
import { type Digest, digestOf } from '@lading/digest';
import { isRegistryError } from '@lading/errors';
import { type Descriptor, mediaTypes } from '@lading/manifest';
import { emptyConfig, emptyJson, imageBytes, indexBytes, pushImage } from '@lading/repository-conformance';
import type { StorageDriver } from '@lading/storage';
import { memoryStorage } from '@lading/storage-memory';
import { rebuildCatalog, registryStore } from '../src/index.ts';
import { distributionTree } from './distribution-tree.ts';
import { assertSound, filesOf } from './tree.ts';

const layerBytes = new TextEncoder().encode('a layer that Distribution stored');

interface Opened {
  readonly storage: StorageDriver;
  readonly layer: Descriptor;
  readonly image: Digest;
  readonly index: Digest;
}

/** A tree with an image, an index of it, and a repository that has only blobs. */
async function filled(): Promise<Opened> {
  const storage = memoryStorage();
  const tree = distributionTree(storage);
  const layer = await tree.layer('library/alpine', layerBytes);
  const config = { ...(await tree.layer('library/alpine', emptyJson)), mediaType: mediaTypes.ociConfig };
  const image = await tree.manifest(
    'library/alpine',
    { schemaVersion: 2, mediaType: mediaTypes.ociImage, config, layers: [layer] },
    ['3.20', 'latest'],
  );
  const manifests = [{ mediaType: mediaTypes.ociImage, digest: image, size: 1 }];
  const index = await tree.manifest('library/alpine', { schemaVersion: 2, manifests }, ['index']);
  await tree.layer('only/blobs', layerBytes);
  await tree.manifest('a/deep/nest/of/names', { schemaVersion: 2, config, layers: [] }, ['v1']);
  await tree.layer('a/deep/nest/of/names', emptyJson);
  await tree.manifest('z', { schemaVersion: 2, config, layers: [] });
  await tree.layer('z', emptyJson);
  await tree.upload('library/alpine', '01890a5d-ac96-774b-bcce-b302099a8057', '2026-08-18T09:30:00Z');
  return { storage, layer, image, index };
}

suite('a tree that CNCF Distribution wrote', () => {
  test('is served as it is', async () => {
    const { storage, layer, image, index } = await filled();
    const { manifests, blobs, tags } = registryStore({ storage }).repository('library/alpine');
    assert.deepEqual((await tags.list()).items, ['3.20', 'index', 'latest']);
    for (const reference of ['latest', image]) {
      const found = await manifests.get(reference);
      assert.equal(found.digest, image);
      assert.equal(found.mediaType, mediaTypes.ociImage);
      assert.equal(await digestOf(found.bytes), image);
    }
    assert.equal((await manifests.get('index')).mediaType, mediaTypes.ociIndex, 'told by its members');
    assert.equal((await manifests.get('index')).digest, index);
    assert.deepEqual(await collect((await blobs.read(layer.digest)).body), layerBytes);
  });

  test('has its repositories in the catalog from the first time on, in order', async () => {
    const { storage } = await filled();
    const expected = ['a/deep/nest/of/names', 'library/alpine', 'z'];
    assert.deepEqual((await registryStore({ storage }).repositories()).items, expected);
    await distributionTree(storage).manifest('later', { schemaVersion: 2, manifests: [] });
    assert.deepEqual(
      (await registryStore({ storage }).repositories()).items,
      expected,
      'not what Distribution adds later',
    );
    assert.equal(await rebuildCatalog({ storage }), 4);
    assert.deepEqual((await registryStore({ storage }).repositories()).items, [
      'a/deep/nest/of/names',
      'later',
      'library/alpine',
      'z',
    ]);
  });

  test('keeps its repositories in the catalog when one is pushed before the catalog was asked for', async () => {
    const { storage } = await filled();
    const registry = registryStore({ storage });
    await pushImage(registry.repository('new'));
    assert.deepEqual((await registry.repositories()).items, [
      'a/deep/nest/of/names',
      'library/alpine',
      'new',
      'z',
    ]);
  });

  test('tells the tags of a repository that has none, before anybody asked for the catalog', async () => {
    const { storage } = await filled();
    assert.deepEqual(await registryStore({ storage }).repository('z').tags.list(), { items: [] });
    await assert.rejects(registryStore({ storage }).repository('only/blobs').tags.list(), (error) =>
      isRegistryError(error, 'NAME_UNKNOWN'),
    );
  });

  test('is pushed to and deleted from', async () => {
    const { storage, layer, image } = await filled();
    const repository = registryStore({ storage }).repository('library/alpine');
    const config = { ...(await emptyConfig()), mediaType: mediaTypes.ociConfig };
    const put = await repository.manifests.put(await imageBytes({ config, layers: [layer] }), undefined, {
      tags: ['latest'],
    });
    assert.equal((await repository.manifests.stat('latest')).digest, put.digest);
    await repository.manifests.delete(image);
    assert.deepEqual((await repository.tags.list()).items, ['index', 'latest']);
    await repository.tags.delete('index');
    const mount = await registryStore({ storage })
      .repository('other')
      .blobs.mount(layer.digest, { from: 'only/blobs' });
    assert.equal(mount.kind, 'mounted');
  });

  test('has blobs under the digests of other algorithms, whose links hold the sha256 digest', async () => {
    const storage = memoryStorage();
    const tree = distributionTree(storage);
    const alias = await digestOf(layerBytes, 'sha512');
    await tree.layer('library/alpine', layerBytes, alias);
    const { blobs } = registryStore({ storage }).repository('library/alpine');
    assert.deepEqual(await blobs.stat(alias), { digest: alias, size: layerBytes.byteLength });
    const blob = await blobs.read(alias);
    assert.equal(blob.digest, alias);
    assert.deepEqual(await collect(blob.body), layerBytes);
    const other = registryStore({ storage }).repository('other');
    assert.deepEqual(await other.blobs.mount(alias, { from: 'library/alpine' }), {
      kind: 'mounted',
      blob: { digest: alias, size: layerBytes.byteLength },
    });
    assert.deepEqual(await collect((await other.blobs.read(alias)).body), layerBytes);
    const image = await pushImage(other, {
      layers: [{ mediaType: mediaTypes.ociLayer, digest: alias, size: 32 }],
    });
    assert.equal((await other.manifests.stat(image.digest)).digest, image.digest);
  });

  test('may have links to blobs that it collected: they are unknown until they are pushed again', async () => {
    const { storage, layer } = await filled();
    await distributionTree(storage).forgetBlob(layer.digest);
    const repository = registryStore({ storage }).repository('library/alpine');
    await assert.rejects(repository.blobs.stat(layer.digest), (error) =>
      isRegistryError(error, 'BLOB_UNKNOWN'),
    );
    const config = { ...(await emptyConfig()), mediaType: mediaTypes.ociConfig };
    const push = repository.manifests.put(await imageBytes({ config, layers: [layer] }), undefined);
    await assert.rejects(push, (error) => isRegistryError(error, 'MANIFEST_BLOB_UNKNOWN'));
    const mount = await registryStore({ storage })
      .repository('other')
      .blobs.mount(layer.digest, { from: 'library/alpine' });
    assert.equal(mount.kind, 'upload');
  });

  test('may have links that a power cut left empty: none of them is taken for a digest', async () => {
    const { storage, layer, image } = await filled();
    const top = '/docker/registry/v2/repositories/library/alpine';
    await storage.put(`${top}/_layers/${layer.digest.replace(':', '/')}/link`, new Uint8Array());
    await storage.put(`${top}/_manifests/revisions/${image.replace(':', '/')}/link`, new Uint8Array());
    await storage.put(`${top}/_manifests/tags/latest/current/link`, new Uint8Array());
    const { blobs, manifests } = registryStore({ storage }).repository('library/alpine');
    await assert.rejects(blobs.stat(layer.digest), (error) => isRegistryError(error, 'BLOB_UNKNOWN'));
    await assert.rejects(manifests.stat(image), (error) => isRegistryError(error, 'MANIFEST_UNKNOWN'));
    await assert.rejects(manifests.stat('latest'), (error) => isRegistryError(error, 'UNAVAILABLE'));
  });

  test('may have manifests that a power cut left empty: they are damaged, not unknown, and mended by a push', async () => {
    const storage = memoryStorage();
    const repository = registryStore({ storage }).repository('team/app');
    const { digest, size } = await pushImage(repository, {}, { tags: ['v1'] });
    await storage.put(
      `/docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`,
      new Uint8Array(),
    );
    const { manifests } = registryStore({ storage }).repository('team/app');
    for (const reference of ['v1', digest]) {
      await assert.rejects(manifests.get(reference), (error) => isRegistryError(error, 'UNAVAILABLE'));
      await assert.rejects(manifests.stat(reference), (error) => isRegistryError(error, 'UNAVAILABLE'));
    }
    await pushImage(registryStore({ storage }).repository('team/app'));
    assert.equal((await manifests.get('v1')).size, size);
  });

  test('tells referrers that clients kept under a fallback tag', async () => {
    const { storage, image } = await filled();
    const tree = distributionTree(storage);
    const config = await emptyConfig();
    const subject = { mediaType: mediaTypes.ociImage, digest: image, size: 1 };
    const push = async (json: object): Promise<Descriptor> => {
      const digest = await tree.manifest('library/alpine', json);
      return { mediaType: mediaTypes.ociImage, digest, size: JSON.stringify(json, undefined, 3).length };
    };
    const common = { schemaVersion: 2, mediaType: mediaTypes.ociImage, config, layers: [] };
    const one = await push({ ...common, subject, artifactType: 'x/sbom', annotations: { note: 'kept' } });
    const stranger = await push({ ...common, subject: { ...subject, digest: `sha256:${'1'.repeat(64)}` } });
    const gone: Descriptor = { ...one, digest: `sha256:${'2'.repeat(64)}` };
    await tree.manifest(
      'library/alpine',
      JSON.parse(new TextDecoder().decode(indexBytes([one, stranger, gone]))) as object,
      [image.replace(':', '-')],
    );
    const before = await filesOf(storage);
    const { referrers } = registryStore({ storage }).repository('library/alpine');
    assert.deepEqual(await referrers(image), {
      items: [{ ...one, artifactType: 'x/sbom', annotations: { note: 'kept' } }],
    });
    assert.deepEqual((await referrers(image, { artifactType: 'x/other' })).items, []);
    assert.deepEqual(await filesOf(storage), before, 'a GET writes nothing');
  });
});

test('what registryStore writes is what CNCF Distribution would have written, and beside it only what is ours', async () => {
  const storage = memoryStorage();
  const repository = registryStore({ storage }).repository('library/alpine');
  const { digest } = await pushImage(repository, {}, { tags: ['latest'] });
  const config = await digestOf(emptyJson);
  const bytes = await repository.manifests.get(digest);
  const theirs = memoryStorage();
  const tree = distributionTree(theirs);
  await tree.layer('library/alpine', emptyJson);
  await theirs.put(
    `/docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`,
    bytes.bytes,
  );
  const top = '/docker/registry/v2/repositories/library/alpine/_manifests';
  for (const path of [
    `revisions/${digest.replace(':', '/')}`,
    'tags/latest/current',
    `tags/latest/index/${digest.replace(':', '/')}`,
  ]) {
    await theirs.put(`${top}/${path}/link`, new TextEncoder().encode(digest));
  }
  const ours = [...(await filesOf(storage))].filter(([path]) => !path.startsWith('/docker/registry/lading/'));
  assert.deepEqual(new Map(ours), await filesOf(theirs));
  assert.ok(
    (await filesOf(storage)).has(
      `/docker/registry/v2/blobs/sha256/${config.slice(7, 9)}/${config.slice(7)}/data`,
    ),
  );
  await assertSound(storage);
});
