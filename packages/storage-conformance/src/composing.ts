import type { StorageDriver } from '@lading/storage';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { ConformanceError, expectBytes, expectEqual, expectKind, expectReason } from './expect.ts';
import { bytesOf, kindAt, namesIn, putText, sample, textAt } from './sample.ts';

export const composing: readonly ConformanceCase[] = cases(
  'composing',
  {
    'parts are joined in the order given, and stay': async ({ driver }) => {
      await putText(driver, '/parts/1', 'one,');
      await putText(driver, '/parts/2', 'two,');
      await putText(driver, '/parts/3', 'three');
      await composeOf(driver)(['/parts/3', '/parts/1', '/parts/2', '/parts/1'], '/a/whole');
      expectEqual(await textAt(driver, '/a/whole'), 'threeone,two,one,', 'the whole');
      expectEqual(await namesIn(driver, '/parts'), ['1', '2', '3'], 'the parts');
    },

    'parts may be of any size': async ({ driver }) => {
      const sizes = [0, 1, 3_000_000, 71, 0, 6_000_000, 5];
      const parts: string[] = [];
      for (const [index, size] of sizes.entries()) {
        parts.push(`/parts/${index}`);
        await driver.put(`/parts/${index}`, sample(size, index + 1));
      }
      await composeOf(driver)(parts, '/whole');
      const { bytes } = await driver.get('/whole');
      let offset = 0;
      for (const [index, size] of sizes.entries()) {
        expectBytes(bytes.subarray(offset, offset + size), sample(size, index + 1), `part ${index}`);
        offset += size;
      }
      expectEqual(bytes.byteLength, offset, 'the size');
    },

    'there may be any number of parts': async ({ driver }) => {
      const parts = Array.from({ length: 70 }, (_, index) => `/parts/${index}`);
      await Promise.all(parts.map((part) => putText(driver, part, `${part};`)));
      await composeOf(driver)(parts, '/whole');
      expectEqual(await textAt(driver, '/whole'), parts.map((part) => `${part};`).join(''), 'the whole');
      await composeOf(driver)(parts.slice(0, 1), '/single');
      expectEqual(await textAt(driver, '/single'), '/parts/0;', 'the whole of one part');
      await composeOf(driver)([], '/none');
      expectEqual(await textAt(driver, '/none'), '', 'the whole of no parts');
    },

    'the whole replaces what was there, also one of its parts': async ({ driver }) => {
      await putText(driver, '/a', 'a');
      await putText(driver, '/b', 'b');
      await composeOf(driver)(['/a', '/b'], '/a');
      expectEqual(await textAt(driver, '/a'), 'ab', 'the whole');
    },

    'a part that is missing is not-found, and leaves what was there': async ({ driver }) => {
      await putText(driver, '/parts/1', 'x');
      await putText(driver, '/whole', 'old');
      const compose = composeOf(driver);
      await expectKind(compose(['/parts/1', '/parts/2'], '/whole'), 'not-found', 'over a file');
      await expectKind(compose(['/parts/1', '/parts'], '/new'), 'not-found', 'with a directory');
      expectEqual(await textAt(driver, '/whole'), 'old', 'the file');
      expectEqual(await kindAt(driver, '/new'), 'nothing', 'the new file');
    },

    'a path that is none is invalid-path': async ({ driver }) => {
      await putText(driver, '/a', 'a');
      await expectKind(composeOf(driver)(['/a', '/../a'], '/whole'), 'invalid-path', 'a part');
      await expectKind(composeOf(driver)(['/a'], '/whole/'), 'invalid-path', 'the whole');
      await expectKind(composeOf(driver)(['/a'], '/'), 'invalid-path', 'the root');
    },

    'nothing is composed under a signal that is aborted already': async ({ driver }) => {
      await driver.put('/a', bytesOf('a'));
      const reason = new Error('the client has left');
      const call = composeOf(driver)(['/a'], '/whole', { signal: AbortSignal.abort(reason) });
      await expectReason(call, reason, 'compose');
      expectEqual(await kindAt(driver, '/whole'), 'nothing', 'the whole');
    },
  },
  'compose',
);

function composeOf({ compose }: StorageDriver): NonNullable<StorageDriver['compose']> {
  if (compose === undefined) throw new ConformanceError('compose is missing');
  return compose;
}
