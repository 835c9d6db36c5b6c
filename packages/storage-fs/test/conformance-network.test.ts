import { test } from 'node:test';
import { testConformance } from '@lading/storage-conformance';
import { fsStorage } from '@lading/storage-fs';
import { temporaryDirectory } from './temporary-directory.ts';

// Every call through the thread pool, and on the other side one that makes its calls in place.
testConformance(test, () => {
  const { path: root, remove } = temporaryDirectory();
  return { driver: fsStorage({ root, disk: 'network' }), other: fsStorage({ root }), close: remove };
});
