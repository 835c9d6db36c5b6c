import { test } from 'node:test';
import { testConformance } from '@lading/storage-conformance';
import { fsStorage } from '@lading/storage-fs';
import { temporaryDirectory } from './temporary-directory.ts';

testConformance(test, () => {
  const { path: root, remove } = temporaryDirectory();
  return { driver: fsStorage({ root }), other: fsStorage({ root }), close: remove };
});
