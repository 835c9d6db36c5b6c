import { isStorageError, maxComponentLength, maxPathLength } from '@lading/storage';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectEqual, expectKind, expectTrue } from './expect.ts';
import { bytesOf, kindAt, namesIn, putText, sourceOf, textAt } from './sample.ts';

const invalid: readonly string[] = [
  '',
  'a',
  'a/b',
  '//a',
  '/a/',
  '/a//b',
  '/.',
  '/..',
  '/./a',
  '/../a',
  '/a/.',
  '/a/..',
  '/a/./b',
  '/a/../b',
  '/a b',
  '/a\0',
  '/a\n',
  '/a\\b',
  '/a%2fb',
  '/a?b',
  '/a#b',
  '/a:b',
  '/a+b',
  '/~a',
  '/ä',
  '/a*',
  `/${'a'.repeat(maxComponentLength + 1)}`,
  '/a'.repeat(maxPathLength / 2 + 1),
];

/** Long, and yet with room for a prefix and for names that a driver adds. */
const long = `/${'a'.repeat(200)}`.repeat(3);
const valid: readonly string[] = [
  '/a',
  '/.a',
  '/a.',
  '/...',
  '/..a',
  '/-',
  '/_',
  '/0',
  '/A.b-C_d',
  '/docker/registry/v2/blobs/sha256/00/0000/data',
  '/a'.repeat(60),
  long,
];

export const paths: readonly ConformanceCase[] = cases('paths', {
  'what is no path is invalid-path for every call': async ({ driver }) => {
    await putText(driver, '/b', 'x');
    for (const path of invalid) {
      const what = JSON.stringify(path);
      await expectKind(driver.get(path), 'invalid-path', `get of ${what}`);
      await expectKind(driver.read(path), 'invalid-path', `read of ${what}`);
      await expectKind(driver.stat(path), 'invalid-path', `stat of ${what}`);
      await expectKind(driver.put(path, bytesOf('x')), 'invalid-path', `put of ${what}`);
      await expectKind(driver.write(path, sourceOf([]).stream), 'invalid-path', `write of ${what}`);
      await expectKind(driver.delete(path), 'invalid-path', `delete of ${what}`);
      await expectKind(driver.move(path, '/c'), 'invalid-path', `move of ${what}`);
      await expectKind(driver.move('/b', path), 'invalid-path', `move to ${what}`);
      await expectKind(namesIn(driver, path), 'invalid-path', `list of ${what}`);
    }
    expectEqual(await namesIn(driver, '/', true), ['b'], 'all that is there');
  },

  'the root is no path for a file': async ({ driver }) => {
    await expectKind(driver.get('/'), 'invalid-path', 'get');
    await expectKind(driver.read('/'), 'invalid-path', 'read');
    await expectKind(driver.put('/', bytesOf('x')), 'invalid-path', 'put');
    await expectKind(driver.write('/', sourceOf([]).stream), 'invalid-path', 'write');
    await expectKind(driver.move('/', '/a'), 'invalid-path', 'move');
    await expectKind(driver.move('/a', '/'), 'invalid-path', 'move to it');
  },

  'every path can be stored, told and deleted': async ({ driver }) => {
    for (const path of valid) {
      await putText(driver, path, path);
      expectEqual(await textAt(driver, path), path, `get of ${path}`);
      expectEqual(await kindAt(driver, path), 'file', `stat of ${path}`);
      expectEqual(await namesIn(driver, '/', true), [path.slice(1)], `list of ${path}`);
      await driver.delete(path);
      expectEqual(await kindAt(driver, path), 'nothing', `stat of ${path} when deleted`);
    }
  },

  'names that differ only in case are different': async ({ driver }) => {
    await putText(driver, '/tags/latest', 'lower');
    await putText(driver, '/tags/Latest', 'upper');
    // A property of the place, not of the driver; the application tells the operator what it means for tags.
    if ((await textAt(driver, '/tags/latest')) === 'upper')
      return 'this place does not tell upper from lower case';
    expectEqual(await textAt(driver, '/tags/Latest'), 'upper', 'upper case');
    expectEqual(await namesIn(driver, '/tags'), ['Latest', 'latest'], 'list');
    return undefined;
  },

  'a file stays when something is to be stored below it': async ({ driver }) => {
    await putText(driver, '/a', 'file');
    try {
      // An object store can hold both; where that cannot be, it is the path that is invalid.
      await putText(driver, '/a/b', 'below');
    } catch (error) {
      expectTrue(isStorageError(error, 'invalid-path'), `put below a file failed with ${String(error)}`);
    }
    expectEqual(await textAt(driver, '/a'), 'file', 'the file');
  },

  'a directory stays when a file is to be stored under its name': async ({ driver }) => {
    await putText(driver, '/a/b', 'below');
    for (const call of [
      () => putText(driver, '/a', 'file'),
      () => driver.write('/a', sourceOf([bytesOf('file')]).stream),
    ]) {
      try {
        await call();
      } catch (error) {
        expectTrue(
          isStorageError(error, 'invalid-path'),
          `put over a directory failed with ${String(error)}`,
        );
      }
    }
    expectEqual(await textAt(driver, '/a/b'), 'below', 'the file below');
  },

  'an error tells the path and has a cause or a reason of its own': async ({ driver }) => {
    const error: unknown = await driver.get('/a/missing').catch((failure: unknown) => failure);
    if (!isStorageError(error)) return expectEqual(String(error), 'a StorageError', 'what get failed with');
    expectTrue(error.path.endsWith('/a/missing'), `the path is ${error.path}`);
    expectTrue(error.message.startsWith('Cannot get '), `the message is ${error.message}`);
    return undefined;
  },
});
