import { concat } from '@lading/bytes';
import type { StorageDriver } from '@lading/storage';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectBytes, expectEqual, expectTrue } from './expect.ts';
import { namesIn, sample } from './sample.ts';

const large = 3_000_001;

export const streams: readonly ConformanceCase[] = cases('streams', {
  'the chunks of a plain read may all be kept': async ({ driver }) => {
    await driver.put('/file', sample(large));
    const kept: Uint8Array[] = [];
    for await (const chunk of await driver.read('/file')) kept.push(chunk);
    expectBytes(concat(kept), sample(large), 'all chunks together, at the end');
  },

  'the chunks of a plain read are the reader’s own': async ({ driver }) => {
    for (const size of [71, 70_000, large]) {
      await driver.put('/file', sample(size));
      for await (const chunk of await driver.read('/file')) chunk.fill(0);
      for await (const chunk of await driver.read('/file', { recycle: true })) {
        expectTrue(
          chunk.some((byte) => byte !== 0),
          'a later reader got what an earlier one had written',
        );
      }
      expectBytes((await driver.get('/file')).bytes, sample(size), `the file of ${size} bytes`);
    }
  },

  'a recycled chunk is right until the next is asked for': async ({ driver }) => {
    for (const size of [0, 71, 262_144, large]) {
      await driver.put('/file', sample(size));
      await expectStream(driver, '/file', sample(size), true);
    }
  },

  'no chunk is empty': async ({ driver }) => {
    for (const size of [0, 1, large]) {
      await driver.put('/file', sample(size));
      for (const recycle of [false, true]) {
        for await (const chunk of await driver.read('/file', { recycle })) {
          expectTrue(chunk.byteLength > 0, `an empty chunk in a file of ${size} bytes`);
        }
      }
    }
  },

  'a stream can be closed before its first chunk, and twice': async ({ driver }) => {
    await driver.put('/small', sample(10));
    await driver.put('/large', sample(large));
    // More of them than a process may have files open, if none were closed.
    for (let round = 0; round < 1500; round += 1) {
      const stream = await driver.read(round % 2 === 0 ? '/small' : '/large', { recycle: round % 3 === 0 });
      const iterator = stream[Symbol.asyncIterator]();
      await iterator.return?.();
      if (round < 20) {
        await iterator.return?.();
        expectEqual((await iterator.next()).done, true, 'whether it is over');
      }
    }
  },

  'a stream can be left in its middle': async ({ driver }) => {
    await driver.put('/file', sample(large));
    for (let round = 0; round < 100; round += 1) {
      const stream = await driver.read('/file', { recycle: round % 2 === 0 });
      for await (const chunk of stream) {
        expectBytes(chunk, sample(large).subarray(0, chunk.byteLength), `the first chunk in round ${round}`);
        break;
      }
    }
    await expectStream(driver, '/file', sample(large), true);
  },

  'a stream that is over stays over': async ({ driver }) => {
    for (const size of [0, 10, large]) {
      await driver.put('/file', sample(size));
      const iterator = (await driver.read('/file'))[Symbol.asyncIterator]();
      while ((await iterator.next()).done !== true);
      expectEqual((await iterator.next()).done, true, 'next after the end');
      await iterator.return?.();
      expectEqual((await iterator.next()).done, true, 'next after return');
    }
  },

  'many streams at once do not mix, also when some are left': async ({ driver, other }) => {
    const count = 12;
    for (let index = 0; index < count; index += 1)
      await driver.put(`/file-${index}`, sample(900_000, index + 1));
    const readers = Array.from({ length: count * 2 }, (_, index) => async () => {
      const seed = (index % count) + 1;
      const at = index % 2 === 0 ? driver : other;
      if (index % 5 === 4) {
        for await (const chunk of await at.read(`/file-${seed - 1}`, { recycle: true })) {
          if (chunk.byteLength > 0) break;
        }
      }
      await expectStream(at, `/file-${seed - 1}`, sample(900_000, seed), index % 3 !== 0);
    });
    await Promise.all(readers.map((read) => read()));
  },

  'a stream goes on when its file is deleted': async ({ driver, other }) => {
    await driver.put('/file', sample(large));
    const stream = await driver.read('/file');
    await other.delete('/file');
    const kept: Uint8Array[] = [];
    for await (const chunk of stream) kept.push(chunk);
    expectBytes(concat(kept), sample(large), 'the bytes');
    expectEqual(await namesIn(driver, '/'), [], 'list');
  },
});

/** Reads as slowly as a client would: a buffer that is filled too early shows. */
async function expectStream(
  driver: StorageDriver,
  path: string,
  whole: Uint8Array,
  recycle: boolean,
): Promise<void> {
  let offset = 0;
  for await (const chunk of await driver.read(path, { recycle })) {
    const before = new Uint8Array(chunk);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expectBytes(chunk, before, `${path}: a chunk at ${offset}, a moment later`);
    expectBytes(chunk, whole.subarray(offset, offset + chunk.byteLength), `${path}: the chunk at ${offset}`);
    offset += chunk.byteLength;
  }
  expectEqual(offset, whole.byteLength, `${path}: the number of bytes`);
}
