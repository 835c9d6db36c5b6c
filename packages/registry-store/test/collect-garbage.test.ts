import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { digestOf } from '@lading/digest';
import { isRegistryError } from '@lading/errors';
import type { Descriptor } from '@lading/manifest';
import { descriptorOf, emptyConfig, indexBytes, pushBlob, pushImage } from '@lading/repository-conformance';
import { memoryStorage } from '@lading/storage-memory';
import { type GarbageStep, collectGarbage, layout, registryStore } from '../src/index.ts';
import { distributionTree } from './distribution-tree.ts';
import { failing } from './failing-storage.ts';
import { assertSound, filesOf } from './tree.ts';

const hour = 3_600_000;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A registry whose clock the test sets. */
function clocked() {
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') };
  const now = (): number => clock.now;
  const storage = memoryStorage({ now });
  const { repository } = registryStore({ storage });
  return { clock, now, storage, repository, app: repository('team/app') };
}

const unknown = (error: unknown): boolean => isRegistryError(error, 'BLOB_UNKNOWN', 'MANIFEST_UNKNOWN');

suite('collectGarbage', () => {
  test('keeps every manifest and what it needs, tagged or not', async () => {
    const { clock, now, storage, app } = clocked();
    const layer = await pushBlob(app, encode('layer'));
    await pushImage(app, { layers: [layer] }, { tags: ['v1'] });
    const untagged = await pushImage(app, { annotations: { n: 'untagged' } });
    clock.now += 24 * hour;
    const before = await filesOf(storage);
    const found = await collectGarbage({ storage, now });
    assert.deepEqual(await filesOf(storage), before);
    assert.deepEqual(found, {
      repositories: 1,
      manifests: { kept: 2, removed: 0 },
      links: { removed: 0 },
      blobs: { kept: 4, removed: 0 },
      bytes: 0,
    });
    assert.equal((await app.manifests.stat(untagged.digest)).digest, untagged.digest);
  });

  test('removes blobs that no manifest needs, with every link to them', async () => {
    const { clock, now, storage, repository, app } = clocked();
    const layer = await pushBlob(app, encode('needed by nobody'));
    await pushBlob(repository('team/other'), encode('needed by nobody'));
    const kept = await pushBlob(app, encode('needed elsewhere'));
    await pushBlob(repository('team/other'), encode('needed elsewhere'));
    await pushImage(repository('team/other'), { layers: [kept] }, { tags: ['v1'] });
    clock.now += 2 * hour;
    const steps: GarbageStep[] = [];
    const found = await collectGarbage({ storage, now, onProgress: (step) => steps.push(step) });
    assert.deepEqual([found.blobs.removed, found.links.removed, found.bytes], [1, 2, layer.size]);
    await assert.rejects(app.blobs.stat(layer.digest), unknown);
    assert.equal(
      (await app.blobs.stat(kept.digest)).size,
      kept.size,
      'a link to what is needed elsewhere stays',
    );
    await assertSound(storage);
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['marked', 'marked', 'link-removed', 'link-removed', 'blob-removed'],
    );
    assert.equal(
      (await pushBlob(app, encode('needed by nobody'))).digest,
      layer.digest,
      'it can be pushed again',
    );
    assert.equal((await app.blobs.stat(layer.digest)).size, layer.size);
  });

  test('removes what a deleted manifest needed', async () => {
    const { clock, now, storage, app } = clocked();
    const layers = [await pushBlob(app, encode('shared')), await pushBlob(app, encode('its own'))];
    await pushImage(app, { layers: layers.slice(0, 1) }, { tags: ['v1'] });
    const gone = await pushImage(app, { layers }, { tags: ['v2'] });
    await app.manifests.delete(gone.digest);
    clock.now += 2 * hour;
    const found = await collectGarbage({ storage, now });
    assert.equal(found.blobs.removed, 2, 'a layer and the bytes of the manifest');
    const [shared, own] = layers as [Descriptor, Descriptor];
    assert.equal((await app.blobs.stat(shared.digest)).digest, shared.digest);
    await assert.rejects(app.blobs.stat(own.digest), unknown);
    await assertSound(storage);
  });

  test('leaves what was written or linked within the grace', async () => {
    const { clock, now, storage, repository, app } = clocked();
    const old = await pushBlob(app, encode('old bytes, linked anew'));
    clock.now += 10 * hour;
    await repository('team/other').blobs.mount(old.digest, { from: 'team/app' });
    await pushBlob(app, encode('new'));
    clock.now += hour / 2;
    assert.equal((await collectGarbage({ storage, now })).blobs.removed, 0);
    assert.equal((await repository('team/other').blobs.stat(old.digest)).digest, old.digest);
    assert.equal((await collectGarbage({ storage, now, grace: hour / 4 })).blobs.removed, 2);
  });

  test('removes nothing in a dry run, and tells what would go', async () => {
    const { clock, now, storage, app } = clocked();
    await pushBlob(app, encode('garbage'));
    await pushImage(app);
    clock.now += 2 * hour;
    const before = await filesOf(storage);
    const steps: GarbageStep[] = [];
    const would = await collectGarbage({
      storage,
      now,
      dryRun: true,
      deleteUntagged: true,
      onProgress: (step) => steps.push(step),
    });
    assert.deepEqual(await filesOf(storage), before);
    const did: GarbageStep[] = [];
    assert.deepEqual(
      await collectGarbage({ storage, now, deleteUntagged: true, onProgress: (step) => did.push(step) }),
      would,
    );
    const order = (step: GarbageStep): string => JSON.stringify(step);
    assert.deepEqual(did.map(order).sort(), steps.map(order).sort());
  });

  test('removes untagged manifests on request, but for what an index or a subject holds', async () => {
    const { clock, now, storage, app } = clocked();
    const child = await pushImage(app, { annotations: { n: 'child' } });
    const index = await app.manifests.put(indexBytes([descriptorOf(child)]), undefined, { tags: ['v1'] });
    const signature = await pushImage(app, { subject: descriptorOf(child), annotations: { n: 'signature' } });
    const ofSignature = await pushImage(app, {
      subject: descriptorOf(signature),
      annotations: { n: 'of the signature' },
    });
    const loose = await pushImage(app, { annotations: { n: 'loose' } });
    const ofLoose = await pushImage(app, {
      subject: descriptorOf(loose),
      annotations: { n: 'of the loose one' },
    });
    const moved = await pushImage(app, { annotations: { n: 'moved' } }, { tags: ['v2'] });
    const current = await pushImage(app, { annotations: { n: 'current' } }, { tags: ['v2'] });
    clock.now += 2 * hour;
    const found = await collectGarbage({ storage, now, deleteUntagged: true });
    assert.equal(found.manifests.removed, 3);
    for (const { digest } of [child, index, signature, ofSignature, current]) {
      assert.equal((await app.manifests.get(digest)).digest, digest);
    }
    for (const { digest } of [loose, ofLoose, moved])
      await assert.rejects(app.manifests.get(digest), unknown);
    assert.deepEqual(
      (await app.referrers(child.digest)).items.map(({ digest }) => digest),
      [signature.digest],
    );
    const paths = [...(await filesOf(storage)).keys()];
    assert.ok(
      !paths.some((path) => path.includes(moved.digest.slice(7)) || path.includes(ofLoose.digest.slice(7))),
      'no trace is left',
    );
    await assertSound(storage);
    assert.equal((await collectGarbage({ storage, now, deleteUntagged: true })).manifests.removed, 0);
  });

  test('leaves young untagged manifests: an index of them may come', async () => {
    const { clock, now, storage, app } = clocked();
    const child = await pushImage(app);
    clock.now += hour / 2;
    assert.equal((await collectGarbage({ storage, now, deleteUntagged: true })).manifests.removed, 0);
    assert.equal((await app.manifests.get(child.digest)).digest, child.digest);
  });

  test('keeps what Distribution stored under another digest than a manifest names', async () => {
    const { clock, now, storage, app } = clocked();
    const alias = await digestOf(encode('aliased'), 'sha512');
    const layer = await distributionTree(storage).layer('team/app', encode('aliased'), alias);
    await pushImage(app, { layers: [layer] }, { tags: ['v1'] });
    clock.now += 2 * hour;
    assert.equal((await collectGarbage({ storage, now })).blobs.removed, 0);
    assert.equal((await app.blobs.stat(alias)).size, layer.size);
    await app.manifests.delete((await app.manifests.stat('v1')).digest);
    const found = await collectGarbage({ storage, now });
    assert.equal(found.links.removed, 3, 'the config, the layer, and the layer under its other digest');
    await assertSound(storage);
  });

  test('keeps what schema 1 and old artifacts need', async () => {
    const { clock, now, storage } = clocked();
    const tree = distributionTree(storage);
    const layer = await tree.layer('old', encode('of schema 1'));
    const blob = await tree.layer('old', encode('of an artifact'));
    await tree.manifest('old', { schemaVersion: 1, fsLayers: [{ blobSum: layer.digest }] }, ['v1']);
    await tree.manifest('old', { mediaType: 'application/vnd.oci.artifact.manifest.v1+json', blobs: [blob] });
    clock.now += 2 * hour;
    assert.deepEqual((await collectGarbage({ storage, now })).blobs, { kept: 4, removed: 0 });
  });

  test('removes nothing at all when a manifest cannot be read', async () => {
    const { clock, now, storage, app } = clocked();
    await pushBlob(app, encode('garbage'));
    const lost = await pushImage(app, { annotations: { n: 'lost' } });
    const damaged = await distributionTree(storage).manifest('old', { schemaVersion: 2, manifests: [] });
    clock.now += 2 * hour;
    const { blobs } = layout();
    const path = (digest: string): string => `${blobs}/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`;
    for (const spoil of [
      () => storage.put(path(damaged), encode('not JSON')),
      () => storage.delete(path(lost.digest)),
    ]) {
      await spoil();
      const before = await filesOf(storage);
      await assert.rejects(
        collectGarbage({ storage, now, deleteUntagged: true }),
        /Cannot tell what manifest sha256:.* needs/,
      );
      assert.deepEqual(await filesOf(storage), before);
      await storage.put(path(damaged), encode('{}'));
    }
  });

  test('removes nothing that is needed, whichever call of the storage fails', async () => {
    for (let at = 1; ; at++) {
      const { clock, now, storage, app } = clocked();
      const kept = await pushImage(app, { layers: [await pushBlob(app, encode('kept'))] }, { tags: ['v1'] });
      await pushImage(app, {
        annotations: { n: 'untagged' },
        subject: descriptorOf(kept),
        layers: [await pushBlob(app, encode('signature'))],
      });
      await pushImage(app, { annotations: { n: 'loose' }, layers: [await pushBlob(app, encode('loose'))] });
      await pushBlob(app, encode('garbage'));
      clock.now += 2 * hour;
      let reached = false;
      const broken = failing(storage, ({ number }) => (reached ||= number === at) && number === at);
      const outcome = await collectGarbage({ storage: broken, now, deleteUntagged: true }).then(
        () => undefined,
        (error: unknown) => error,
      );
      await assertSound(storage);
      assert.equal(outcome === undefined, !reached, `call ${at}`);
      await collectGarbage({ storage, now, deleteUntagged: true });
      assert.equal((await app.referrers(kept.digest)).items.length, 1);
      const bytes = [...(await filesOf(storage))]
        .filter(([path]) => path.endsWith('/data'))
        .map(([, text]) => text);
      assert.ok(
        !bytes.includes('garbage') &&
          !bytes.includes('loose') &&
          bytes.includes('kept') &&
          bytes.includes('signature'),
      );
      if (!reached) return assert.ok(at > 20);
    }
  });

  test('stops when its signal says so', async () => {
    const { storage, app } = clocked();
    await pushImage(app, { config: await emptyConfig() });
    const reason = new Error('stopped by the operator');
    await assert.rejects(collectGarbage({ storage, signal: AbortSignal.abort(reason) }), reason);
  });
});
