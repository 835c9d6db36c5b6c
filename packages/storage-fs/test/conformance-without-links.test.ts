import { test } from 'node:test';
import { testConformance } from '@lading/storage-conformance';
import { localCalls } from '../src/file-calls.ts';
import { assembleFsStorage } from '../src/fs-storage.ts';
import { temporaryDirectory } from './temporary-directory.ts';

// As on exFAT and some network disks, which answer so.
const calls = {
  ...localCalls,
  link(): never {
    throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
  },
};

testConformance(test, () => {
  const { path: root, remove } = temporaryDirectory();
  return {
    driver: assembleFsStorage({ root }, { calls }),
    other: assembleFsStorage({ root }, { calls }),
    close: remove,
  };
});
