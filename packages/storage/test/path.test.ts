import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  checkDirectory,
  checkPath,
  isPath,
  isStorageError,
  maxComponentLength,
  maxPathLength,
} from '@lading/storage';
import fc from 'fast-check';

const long = 'a'.repeat(maxComponentLength);

const paths = [
  '/a',
  '/a/b',
  '/.a',
  '/...',
  '/a.',
  '/-',
  '/_',
  '/0',
  '/A.b-C_d',
  `/${long}`,
  `/${long}/${long}/${long}`,
];
const others = [
  '',
  '/',
  'a',
  'a/b',
  '//',
  '//a',
  '/a/',
  '/a//b',
  '/.',
  '/..',
  '/./a',
  '/a/..',
  '/a/../b',
  '/a b',
  '/a\0',
  '/a\n',
  '\n/a',
  '/a\\b',
  '/%61',
  '/a:b',
  '/~a',
  '/ä',
  `/${long}a`,
  '/a'.repeat(maxPathLength / 2 + 1),
];

suite('isPath', () => {
  for (const path of paths) test(`takes ${JSON.stringify(path.slice(0, 30))}`, () => assert.ok(isPath(path)));
  for (const path of others)
    test(`refuses ${JSON.stringify(path.slice(0, 30))}`, () => assert.ok(!isPath(path)));

  test('takes exactly what the grammar says', () => {
    const component = /^[A-Za-z0-9._-]{1,255}$/;
    const text = fc
      .array(fc.constantFrom('/', '.', '..', 'a', '-', '_', 'Z9', '~', ' '))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (path) => {
        const [first, ...components] = path.split('/');
        const expected =
          first === '' &&
          components.length > 0 &&
          path.length <= maxPathLength &&
          components.every((each) => component.test(each) && each !== '.' && each !== '..');
        assert.equal(isPath(path), expected);
      }),
      { numRuns: 1000 },
    );
  });
});

suite('checkPath', () => {
  test('throws invalid-path, which names the verb and the path', () => {
    checkPath('/a', 'get');
    assert.throws(
      () => checkPath('/a/../b', 'get'),
      (error) =>
        isStorageError(error, 'invalid-path') &&
        error.message === 'Cannot get "/a/../b": it is not a valid path',
    );
    assert.throws(() => checkPath('/', 'get'), { kind: 'invalid-path' });
  });
});

suite('checkDirectory', () => {
  test('takes the root too', () => {
    checkDirectory('/', 'list');
    checkDirectory('/a', 'list');
    assert.throws(() => checkDirectory('//', 'list'), { kind: 'invalid-path' });
    assert.throws(() => checkDirectory('', 'list'), { kind: 'invalid-path' });
  });
});
