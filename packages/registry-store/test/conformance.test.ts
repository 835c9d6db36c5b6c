import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { blobStore } from '@lading/blob-store';
import { cachedBlobs } from '@lading/cache';
import { testRegistry } from '@lading/repository-conformance';
import { fsStorage } from '@lading/storage-fs';
import { memoryStorage } from '@lading/storage-memory';
import { layout, registryStore } from '../src/index.ts';

suite('registryStore over memory', () => {
  testRegistry(test, () => Promise.resolve({ registry: registryStore({ storage: memoryStorage() }) }));
});

suite('registryStore over memory, behind a cache', () => {
  testRegistry(test, () => {
    const storage = memoryStorage();
    const blobs = cachedBlobs(blobStore({ storage, root: layout().blobs }));
    return Promise.resolve({ registry: registryStore({ storage, blobs }) });
  });
});

suite('registryStore over files', () => {
  testRegistry(test, async () => {
    const root = await mkdtemp(join(tmpdir(), 'registry-store-'));
    const storage = fsStorage({ root });
    const blobs = cachedBlobs(blobStore({ storage, root: layout('/elsewhere').blobs }));
    return {
      registry: registryStore({ storage, blobs, root: '/elsewhere' }),
      close: () => rm(root, { recursive: true, force: true }),
    };
  });
});
