import { test } from 'node:test';
import { observe, prefixed } from '@lading/storage';
import { testConformance } from '@lading/storage-conformance';
import { memoryStorage } from '@lading/storage-memory';

// What decorates a driver is a driver.
testConformance(
  (name, body) => test(`prefixed: ${name}`, body),
  async () => {
    const driver = memoryStorage();
    // Beside the prefix lies what begins alike.
    await driver.put('/tenants/one-more/file', new Uint8Array(3));
    return { driver: prefixed(driver, '/tenants/one') };
  },
);

testConformance(
  (name, body) => test(`observe: ${name}`, body),
  () => ({ driver: observe(memoryStorage(), { onCall: () => undefined }) }),
);
