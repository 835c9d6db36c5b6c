import { fromChunks } from '@lading/bytes';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectBytes, expectEqual, expectKind, expectTrue } from './expect.ts';
import { bytesOf, kindAt, namesIn, putText, sample, sourceOf, textAt } from './sample.ts';

export const writing: readonly ConformanceCase[] = cases('writing', {
  'write tells how many bytes it wrote': async ({ driver }) => {
    expectEqual(await driver.write('/empty', fromChunks()), 0, 'an empty stream');
    expectEqual(await driver.write('/some', fromChunks(sample(10), sample(61))), 71, 'two chunks');
    expectEqual(await driver.write('/many', fromChunks(sample(2_000_000))), 2_000_000, 'a large chunk');
  },

  'write of an empty stream makes an empty file': async ({ driver }) => {
    await driver.write('/a/empty', fromChunks(), { size: 0 });
    expectEqual((await driver.get('/a/empty')).bytes.byteLength, 0, 'its size');
  },

  'write keeps the order of many chunks of all sizes': async ({ driver }) => {
    const whole = sample(5_000_000);
    const chunks: Uint8Array[] = [];
    for (let offset = 0, size = 1; offset < whole.byteLength; size = (size * 7 + 13) % 200_003) {
      chunks.push(whole.subarray(offset, offset + size), new Uint8Array());
      offset += size;
    }
    expectEqual(await driver.write('/file', fromChunks(...chunks)), whole.byteLength, 'how many bytes');
    expectBytes((await driver.get('/file')).bytes, whole, 'the file');
  },

  'write keeps the order of thousands of tiny chunks': async ({ driver }) => {
    const whole = sample(6000);
    const chunks = Array.from({ length: 3000 }, (_, index) => whole.subarray(index * 2, index * 2 + 2));
    await driver.write('/file', fromChunks(...chunks));
    expectBytes((await driver.get('/file')).bytes, whole, 'the file');
  },

  'write and put replace what was there': async ({ driver }) => {
    await putText(driver, '/file', 'a first text');
    await putText(driver, '/file', 'second');
    expectEqual(await textAt(driver, '/file'), 'second', 'after put');
    await driver.write('/file', fromChunks(bytesOf('3')));
    expectEqual(await textAt(driver, '/file'), '3', 'after write');
    expectEqual(await namesIn(driver, '/', true), ['file'], 'all that is there');
  },

  'put tells the version that stat tells': async ({ driver }) => {
    for (const text of ['one', 'two', 'three']) {
      const version = await putText(driver, '/file', text);
      const stat = await driver.stat('/file');
      expectEqual(stat.kind === 'file' && stat.version, version, `the version of ${text}`);
    }
  },

  'put only borrows the bytes': async ({ driver }) => {
    const bytes = bytesOf('original');
    await driver.put('/file', bytes);
    bytes.fill(0);
    expectEqual(await textAt(driver, '/file'), 'original', 'the file, after the bytes were overwritten');
  },

  'put takes a part of a larger buffer, and of a subclass whose slice shares': async ({ driver }) => {
    const shared = SharingBytes.from(bytesOf('--original--'));
    const part = shared.subarray(2, 10);
    await driver.put('/file', part);
    shared.fill(0);
    expectEqual(await textAt(driver, '/file'), 'original', 'the file, after the buffer was overwritten');
  },

  'a stream of exactly size bytes is written': async ({ driver }) => {
    expectEqual(
      await driver.write('/file', fromChunks(sample(300), sample(700)), { size: 1000 }),
      1000,
      'the count',
    );
    expectEqual((await driver.get('/file')).bytes.byteLength, 1000, 'the size');
  },

  'a stream of more or less than size bytes is invalid-range, and leaves what was there': async ({
    driver,
  }) => {
    await putText(driver, '/file', 'old');
    for (const size of [0, 999, 1001, 5000]) {
      const source = sourceOf([sample(300), sample(700)]);
      await expectKind(driver.write('/file', source.stream, { size }), 'invalid-range', `size ${size}`);
      expectTrue(source.ended(), `the stream was left open with size ${size}`);
      await expectKind(
        driver.write('/new', fromChunks(sample(1000)), { size }),
        'invalid-range',
        `size ${size}`,
      );
    }
    expectEqual(await textAt(driver, '/file'), 'old', 'the file');
    expectEqual(await namesIn(driver, '/', true), ['file'], 'all that is there');
  },

  'with ifAbsent nothing is overwritten: exists': async ({ driver }) => {
    await putText(driver, '/file', 'old');
    const source = sourceOf([bytesOf('new')]);
    await expectKind(driver.put('/file', bytesOf('new'), { ifAbsent: true }), 'exists', 'put');
    await expectKind(driver.write('/file', source.stream, { ifAbsent: true }), 'exists', 'write');
    expectTrue(source.ended(), 'the stream was left open');
    expectEqual(await textAt(driver, '/file'), 'old', 'the file');
  },

  'with ifAbsent what is not there is written, also after a delete': async ({ driver }) => {
    await driver.put('/a/one', bytesOf('one'), { ifAbsent: true });
    await driver.write('/a/two', fromChunks(bytesOf('two')), { ifAbsent: true });
    await driver.delete('/a');
    await driver.put('/a/one', bytesOf('one again'), { ifAbsent: true });
    expectEqual(await textAt(driver, '/a/one'), 'one again', 'the file');
  },

  'a file whose name may be lost is there all the same': async ({ driver }) => {
    await driver.write('/parts/1', fromChunks(sample(1000)), { stable: 'bytes' });
    expectBytes((await driver.get('/parts/1')).bytes, sample(1000), 'the file');
  },

  'what is confidential is stored like anything else': async ({ driver }) => {
    await driver.put('/key', bytesOf('secret'), { confidential: true, ifAbsent: true });
    expectEqual(await textAt(driver, '/key'), 'secret', 'the file');
  },

  'a stream is ended when it cannot be written': async ({ driver }) => {
    const source = sourceOf([sample(10)]);
    await expectKind(driver.write('/a/../b', source.stream), 'invalid-path', 'write');
    expectTrue(source.ended(), 'the stream was left open');
    expectEqual(await kindAt(driver, '/b'), 'nothing', '/b');
  },
});

/** Like the buffers of some runtimes. */
class SharingBytes extends Uint8Array<ArrayBuffer> {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(start, end);
  }
}
