import { isStorageError } from '@lading/storage';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectBytes, expectEqual, expectKind } from './expect.ts';
import { during, kindAt, namesIn, putText, race, sample, textAt } from './sample.ts';

export const moving: readonly ConformanceCase[] = cases('moving', {
  'a moved file has the other name only': async ({ driver }) => {
    await driver.put('/a/from', sample(300_000));
    await driver.move('/a/from', '/b/c/to');
    expectEqual(await kindAt(driver, '/a/from'), 'nothing', 'the old name');
    expectBytes((await driver.get('/b/c/to')).bytes, sample(300_000), 'the file');
    expectEqual(await namesIn(driver, '/', true), ['b/c/to'], 'all that is there');
  },

  'a moved file replaces what had the name': async ({ driver }) => {
    await putText(driver, '/from', 'new');
    await putText(driver, '/to', 'something longer');
    await driver.move('/from', '/to');
    expectEqual(await textAt(driver, '/to'), 'new', 'the file');
    expectEqual(await namesIn(driver, '/', true), ['to'], 'all that is there');
  },

  'what is not there cannot be moved: not-found, and the target stays': async ({ driver }) => {
    await putText(driver, '/to', 'old');
    await expectKind(driver.move('/from', '/to'), 'not-found', 'move');
    await expectKind(driver.move('/from', '/new'), 'not-found', 'move to a new name');
    expectEqual(await textAt(driver, '/to'), 'old', 'the target');
    expectEqual(await namesIn(driver, '/', true), ['to'], 'all that is there');
  },

  'a directory cannot be moved: not-found': async ({ driver }) => {
    await putText(driver, '/a/file', 'x');
    await expectKind(driver.move('/a', '/b'), 'not-found', 'move');
    expectEqual(await namesIn(driver, '/', true), ['a/file'], 'all that is there');
  },

  'a file moved to its own name stays': async ({ driver }) => {
    await putText(driver, '/a/file', 'x');
    await driver.move('/a/file', '/a/file');
    expectEqual(await textAt(driver, '/a/file'), 'x', 'the file');
    await expectKind(driver.move('/b', '/b'), 'not-found', 'move of nothing to its own name');
  },

  'the directory that a file left empty is gone': async ({ driver }) => {
    await putText(driver, '/uploads/1/parts/0', 'x');
    await driver.move('/uploads/1/parts/0', '/blobs/data');
    expectEqual(await kindAt(driver, '/uploads'), 'nothing', 'stat of /uploads');
    expectEqual(await namesIn(driver, '/'), ['blobs/'], 'list of the root');
  },

  'a file that is moved can be found under one name or the other, at any time': async ({ driver, other }) => {
    const paths = Array.from({ length: 20 }, (_, index) => `/step-${index}/file`);
    const [first = '', ...rest] = paths;
    await putText(driver, first, 'x');
    const move = async (): Promise<void> => {
      let from = first;
      for (const to of rest) {
        await driver.move(from, to);
        from = to;
      }
    };
    await during(move(), async () => {
      // It only moves forward, and so do we: where it is not yet or no longer, it must be further on.
      let found = 'nothing';
      for (const path of paths) {
        found = await kindAt(other, path);
        if (found === 'file') break;
      }
      expectEqual(found, 'file', 'what was found');
    });
    expectEqual(await namesIn(driver, '/', true), [paths.at(-1)?.slice(1)], 'all that is there');
  },

  'a file that many move at once is not lost': async ({ driver, other }) => {
    await putText(driver, '/from', 'x');
    const results = await race(
      Array.from({ length: 10 }, (_, index) => async () => {
        await (index % 2 === 0 ? driver : other).move('/from', `/to/${index}`);
        return `to/${index}`;
      }),
    );
    const left = await namesIn(driver, '/', true);
    for (const result of results) {
      if (result.status === 'rejected') {
        expectEqual(isStorageError(result.reason, 'not-found'), true, `not-found: ${String(result.reason)}`);
      }
    }
    // Where a move is a copy and a delete several may succeed, each with a copy; nobody may be left without one.
    const moved = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
    expectEqual(left, moved.sort(), 'all that is there');
    expectEqual(left.length > 0, true, 'whether the file is anywhere');
  },
});
