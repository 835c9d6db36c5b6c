import { test } from 'node:test';
import { testConformance } from '@lading/storage-conformance';
import { memoryStorage } from '@lading/storage-memory';

testConformance(test, () => ({ driver: memoryStorage() }));
