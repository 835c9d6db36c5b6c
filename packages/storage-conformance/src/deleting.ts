import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectEqual, expectKind } from './expect.ts';
import { kindAt, namesIn, putText, textAt } from './sample.ts';

export const deleting: readonly ConformanceCase[] = cases('deleting', {
  'a deleted file is gone': async ({ driver }) => {
    await putText(driver, '/a/one', 'x');
    await putText(driver, '/a/two', 'x');
    await driver.delete('/a/one');
    expectEqual(await kindAt(driver, '/a/one'), 'nothing', 'stat');
    await expectKind(driver.get('/a/one'), 'not-found', 'get');
    expectEqual(await namesIn(driver, '/a'), ['two'], 'list');
  },

  'what is not there may be deleted': async ({ driver }) => {
    await putText(driver, '/file', 'x');
    for (const path of ['/nothing', '/a/b/c', '/file/below']) await driver.delete(path);
    expectEqual(await namesIn(driver, '/', true), ['file'], 'all that is there');
  },

  'a deleted directory goes with all that lies below, and nothing beside': async ({ driver }) => {
    for (const path of ['/a/1', '/a/b/2', '/a/b/c/3', '/a-b/4', '/ab/5', '/a.b', '/A/6'])
      await putText(driver, path, 'x');
    await driver.delete('/a/b');
    expectEqual(await namesIn(driver, '/a', true), ['1'], 'what is left of /a');
    await driver.delete('/a');
    expectEqual(await kindAt(driver, '/a'), 'nothing', 'stat');
    const left = await namesIn(driver, '/', true);
    expectEqual(
      left.filter((name) => name !== 'A/6'),
      ['a-b/4', 'a.b', 'ab/5'],
      'all that is left',
    );
  },

  'a directory is gone with the last file in it': async ({ driver }) => {
    await putText(driver, '/a/b/c/file', 'x');
    await driver.delete('/a/b/c/file');
    for (const path of ['/a/b/c', '/a/b', '/a'])
      expectEqual(await kindAt(driver, path), 'nothing', `stat of ${path}`);
    expectEqual(await namesIn(driver, '/'), [], 'list of the root');
  },

  'what was deleted can be stored again, as a file or as a directory': async ({ driver }) => {
    await putText(driver, '/a/b', 'file');
    await driver.delete('/a/b');
    await putText(driver, '/a/b/c', 'below');
    expectEqual(await textAt(driver, '/a/b/c'), 'below', 'the file below');
    await driver.delete('/a/b');
    await putText(driver, '/a', 'file');
    expectEqual(await textAt(driver, '/a'), 'file', 'the file above');
  },

  'the root cannot be deleted': async ({ driver }) => {
    await putText(driver, '/file', 'x');
    await expectKind(driver.delete('/'), 'invalid-path', 'delete of the root');
    expectEqual(await namesIn(driver, '/'), ['file'], 'list');
  },

  'files come and go in one directory at once, and none is lost': async ({ driver, other }) => {
    // A directory that has become empty is removed: right then somebody stores something in it.
    const work = async (name: string, at: typeof driver): Promise<void> => {
      for (let round = 0; round < 15; round += 1) {
        await putText(at, `/a/b/c/${name}`, String(round));
        expectEqual(await textAt(at, `/a/b/c/${name}`), String(round), `the file of ${name}`);
        await at.delete(`/a/b/c/${name}`);
      }
    };
    await Promise.all([work('one', driver), work('two', other), work('three', driver), work('four', other)]);
    expectEqual(await namesIn(driver, '/', true), [], 'all that is there');
  },

  'many may delete the same at once': async ({ driver, other }) => {
    for (const path of ['/a/1', '/a/b/2', '/a/b/3', '/a/c/4']) await putText(driver, path, 'x');
    await Promise.all([driver, other, driver, other].map((each) => each.delete('/a')));
    expectEqual(await namesIn(driver, '/', true), [], 'all that is there');
  },
});
