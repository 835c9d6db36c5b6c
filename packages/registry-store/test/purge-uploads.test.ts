import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fromChunks } from '@lading/bytes';
import { digestOf } from '@lading/digest';
import { isRegistryError } from '@lading/errors';
import { memoryStorage } from '@lading/storage-memory';
import { purgeUploads, registryStore } from '../src/index.ts';
import { distributionTree } from './distribution-tree.ts';

const day = 86_400_000;
const bytes = new TextEncoder().encode('half of it');

function clocked() {
  const clock = { now: Date.parse('2026-01-10T00:00:00Z') };
  const now = (): number => clock.now;
  const storage = memoryStorage({ now });
  const { repository } = registryStore({ storage, uploads: { lifetime: 30 * day, now } });
  return { clock, now, storage, repository };
}

suite('purgeUploads', () => {
  test('removes uploads by the age of their newest part, in repositories without manifests too', async () => {
    const { clock, now, storage, repository } = clocked();
    const { uploads } = repository('team/app');
    const alone = await uploads.append((await uploads.create()).session, fromChunks(bytes));
    const busy = await uploads.append((await uploads.create()).session, fromChunks(bytes));
    clock.now += 5 * day;
    const next = await uploads.append(busy.session, fromChunks(bytes));
    clock.now += 3 * day;
    const gone: string[] = [];
    const found = await purgeUploads({
      storage,
      olderThan: 7 * day,
      now,
      onProgress: ({ repository: name, id }) => gone.push(`${name} ${id}`),
    });
    assert.deepEqual(found, { repositories: 1, uploads: { kept: 1, removed: 1 } });
    assert.deepEqual(gone, [`team/app ${alone.id}`]);
    await assert.rejects(uploads.status(alone.session), (error) =>
      isRegistryError(error, 'BLOB_UPLOAD_UNKNOWN'),
    );
    await uploads.commit(next.session, await digestOf(new TextEncoder().encode('half of ithalf of it')));
  });

  test('removes those of CNCF Distribution by when they began', async () => {
    const { now, storage } = clocked();
    const tree = distributionTree(storage);
    await tree.upload('library/alpine', '01890a5d-ac96-774b-bcce-b302099a8057', '2026-01-01T09:30:00Z');
    await tree.upload('library/alpine', '01890a5d-ac96-774b-bcce-b302099a8058', '2026-01-08T09:30:00Z');
    await tree.upload('library/alpine', '01890a5d-ac96-774b-bcce-b302099a8059', 'no date');
    const found = await purgeUploads({ storage, olderThan: 7 * day, now });
    assert.deepEqual(found.uploads, { kept: 2, removed: 1 });
    const names: string[] = [];
    for await (const { name } of storage.list('/docker/registry/v2/repositories/library/alpine/_uploads'))
      names.push(name);
    assert.deepEqual(names.sort(), [
      '01890a5d-ac96-774b-bcce-b302099a8058',
      '01890a5d-ac96-774b-bcce-b302099a8059',
    ]);
  });

  test('removes nothing in a dry run, and nothing that is not named like an upload', async () => {
    const { clock, now, storage, repository } = clocked();
    const { uploads } = repository('team/app');
    const { session } = await uploads.append((await uploads.create()).session, fromChunks(bytes));
    await distributionTree(storage).upload('team/app', 'not-an-id', '2020-01-01T00:00:00Z');
    clock.now += 8 * day;
    assert.deepEqual((await purgeUploads({ storage, olderThan: 7 * day, now, dryRun: true })).uploads, {
      kept: 0,
      removed: 1,
    });
    assert.equal((await uploads.status(session)).offset, bytes.byteLength);
    assert.deepEqual((await purgeUploads({ storage, olderThan: 7 * day, now })).uploads, {
      kept: 0,
      removed: 1,
    });
    assert.deepEqual((await purgeUploads({ storage, olderThan: 7 * day, now })).uploads, {
      kept: 0,
      removed: 0,
    });
  });
});
