import { collect } from '@lading/bytes';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectBytes, expectKind } from './expect.ts';
import { sample } from './sample.ts';

const kib = 1024;
const size = 1024 * kib + 7;

/** Offsets and lengths on both sides of where a driver may cut. */
const edges: readonly number[] = [
  0,
  1,
  71,
  64 * kib - 1,
  64 * kib,
  256 * kib,
  256 * kib + 1,
  512 * kib,
  size - 1,
  size,
];

export const ranges: readonly ConformanceCase[] = cases('ranges', {
  'read gives the bytes from offset to the end': async ({ driver }) => {
    await driver.put('/file', sample(size));
    for (const offset of edges) {
      const bytes = await collect(await driver.read('/file', { offset }));
      expectBytes(bytes, sample(size).subarray(offset), `read from ${offset}`);
    }
  },

  'read gives at most length bytes': async ({ driver }) => {
    await driver.put('/file', sample(size));
    for (const offset of [0, 1, 256 * kib, size - 5]) {
      for (const length of [...edges, size + 100, Number.MAX_SAFE_INTEGER]) {
        const bytes = await collect(await driver.read('/file', { offset, length }));
        expectBytes(
          bytes,
          sample(size).subarray(offset, offset + length),
          `read of ${length} from ${offset}`,
        );
      }
    }
  },

  'read of a small file gives its ranges too': async ({ driver }) => {
    await driver.put('/file', sample(10));
    for (let offset = 0; offset <= 10; offset += 1) {
      for (let length = 0; length <= 12; length += 1) {
        const bytes = await collect(await driver.read('/file', { offset, length }));
        expectBytes(bytes, sample(10).subarray(offset, offset + length), `read of ${length} from ${offset}`);
      }
    }
  },

  'an offset at the end gives an empty stream': async ({ driver }) => {
    for (const length of [0, 10, 300_000]) {
      await driver.put('/file', sample(length));
      const bytes = await collect(await driver.read('/file', { offset: length }));
      expectBytes(bytes, new Uint8Array(), `read from the end of ${length} bytes`);
    }
  },

  'an offset or a length that is no whole number from 0 is invalid-range': async ({ driver }) => {
    await driver.put('/file', sample(100));
    for (const wrong of [-1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
      await expectKind(driver.read('/file', { offset: wrong }), 'invalid-range', `offset ${wrong}`);
      await expectKind(driver.read('/file', { length: wrong }), 'invalid-range', `length ${wrong}`);
    }
    await expectKind(
      driver.read('/file', { offset: Number.POSITIVE_INFINITY }),
      'invalid-range',
      'offset Infinity',
    );
    const all = await collect(await driver.read('/file', { length: Number.POSITIVE_INFINITY }));
    expectBytes(all, sample(100), 'length Infinity');
  },

  'an offset beyond the end is invalid-range': async ({ driver }) => {
    for (const length of [0, 10, 300_000]) {
      await driver.put('/file', sample(length));
      await expectKind(
        driver.read('/file', { offset: length + 1 }),
        'invalid-range',
        `read beyond ${length} bytes`,
      );
      await expectKind(
        driver.read('/file', { offset: length + 1, length: 0 }),
        'invalid-range',
        `read of nothing beyond ${length} bytes`,
      );
    }
  },
});
