import { collect, fromChunks } from '@lading/bytes';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectBytes, expectEqual, expectReason, expectTrue } from './expect.ts';
import { bytesOf, during, kindAt, namesIn, putText, race, sample, sourceOf, textAt } from './sample.ts';

export const atomicity: readonly ConformanceCase[] = cases('atomicity', {
  'nothing is seen of a file until all of it is there': async ({ driver, other }) => {
    const { promise: until, resolve: finish } = Promise.withResolvers<void>();
    const source = sourceOf([sample(2_000_000)], { until });
    const written = driver.write('/a/new', source.stream);
    await source.waiting;
    expectEqual(await kindAt(other, '/a/new'), 'nothing', 'the file in the middle of its writing');
    expectEqual(await namesIn(other, '/', true), [], 'all that is told in the middle of the writing');
    finish();
    await written;
    expectEqual(await namesIn(other, '/', true), ['a/new'], 'all that is told after it');
  },

  'what was there is read until all of the new is there': async ({ driver, other }) => {
    await putText(driver, '/file', 'old');
    const { promise: until, resolve: finish } = Promise.withResolvers<void>();
    const source = sourceOf([bytesOf('ne')], { until });
    const written = driver.write('/file', source.stream);
    await source.waiting;
    expectEqual(await textAt(other, '/file'), 'old', 'the file in the middle of its writing');
    finish();
    await written;
    expectEqual(await textAt(other, '/file'), 'ne', 'the file after it');
  },

  'a stream that fails is the failure of the write, as it is, and leaves what was there': async ({
    driver,
  }) => {
    await putText(driver, '/file', 'old');
    const failures = [new Error('digest differs'), { code: 'ENOENT', syscall: 'open' }, 'a text'];
    for (const failure of failures) {
      for (const chunks of [[], [sample(10)], [sample(3_000_000), sample(5)]]) {
        const call = (path: string): Promise<number> =>
          driver.write(path, sourceOf(chunks, { failure }).stream);
        await expectReason(
          call('/file'),
          failure,
          `write over a file, failing after ${chunks.length} chunks`,
        );
        await expectReason(
          call('/a/new'),
          failure,
          `write of a new file, failing after ${chunks.length} chunks`,
        );
      }
    }
    expectEqual(await textAt(driver, '/file'), 'old', 'the file');
    expectEqual(await namesIn(driver, '/', true), ['file'], 'all that is there');
  },

  'a stream gives what was there when it was opened, whatever is written meanwhile': async ({
    driver,
    other,
  }) => {
    const old = sample(2_000_000);
    for (const recycle of [false, true]) {
      await driver.put('/file', old);
      const stream = await driver.read('/file', { recycle });
      await other.put('/file', sample(2_500_000, 2));
      expectBytes(await copyOf(stream), old, 'the stream of a file that was replaced');
    }
  },

  'readers see the old or the new, never a mix': async ({ driver, other }) => {
    const version = (seed: number): Uint8Array => sample(300_000 + seed * 70_000, seed);
    await driver.put('/file', version(1));
    const write = async (): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        const bytes = version((round % 3) + 1);
        if (round % 2 === 0) await other.put('/file', bytes);
        else await other.write('/file', fromChunks(bytes.subarray(0, 1000), bytes.subarray(1000)));
      }
    };
    const expectOne = (bytes: Uint8Array, what: string): void =>
      expectBytes(bytes, version((bytes.byteLength - 300_000) / 70_000), what);
    await during(write(), async () => {
      expectOne(await collect(await driver.read('/file')), 'a read');
      expectOne((await driver.get('/file')).bytes, 'a get');
    });
  },

  'of many writers at once one is last, and whole': async ({ driver, other }) => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    await race(
      seeds.map(
        (seed) => () =>
          (seed % 2 === 0 ? driver : other).write('/a/b/file', fromChunks(sample(100_000, seed))),
      ),
    );
    const { bytes } = await driver.get('/a/b/file');
    expectTrue(
      seeds.some((seed) => sample(100_000, seed).every((byte, index) => byte === bytes[index])),
      'the file has the bytes of none of its writers',
    );
  },

  'of many puts with ifAbsent exactly one wins': async ({ driver, other }) => {
    for (let round = 0; round < 5; round += 1) {
      const path = `/round-${round}/file`;
      const results = await race(
        Array.from({ length: 20 }, (_, index) => async () => {
          await (index % 2 === 0 ? driver : other).put(path, bytesOf(String(index)), { ifAbsent: true });
          return String(index);
        }),
      );
      await expectOneWinner(results, await textAt(driver, path));
    }
  },

  'of many writes with ifAbsent exactly one wins': async ({ driver, other }) => {
    const results = await race(
      Array.from({ length: 20 }, (_, index) => async () => {
        const stream = sourceOf([bytesOf(String(index))]).stream;
        await (index % 2 === 0 ? driver : other).write('/a/b/file', stream, { ifAbsent: true });
        return String(index);
      }),
    );
    await expectOneWinner(results, await textAt(driver, '/a/b/file'));
  },
});

async function expectOneWinner(
  results: readonly PromiseSettledResult<string>[],
  text: string,
): Promise<void> {
  const winners = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  expectEqual(winners, [text], 'who won');
  for (const result of results) {
    if (result.status === 'rejected') {
      expectEqual((result.reason as { readonly kind?: unknown }).kind, 'exists', 'what the others were told');
    }
  }
}

/** The bytes of a stream whose chunks may be used again. */
async function copyOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const copies: Uint8Array[] = [];
  for await (const chunk of stream) copies.push(new Uint8Array(chunk));
  return collect(fromChunks(...copies));
}
