import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StorageError, isStorageError } from '@lading/storage';

suite('StorageError', () => {
  test('says what could not be done, with what, and why', () => {
    const cause = new Error('EACCES');
    const error = new StorageError('unavailable', { operation: 'read', path: '/a/b', cause });
    assert.equal(error.message, 'Cannot read "/a/b": the storage failed');
    assert.equal(error.name, 'StorageError');
    assert.equal(error.kind, 'unavailable');
    assert.equal(error.path, '/a/b');
    assert.equal(error.cause, cause);
  });

  test('takes words of its own for the state', () => {
    const error = new StorageError('invalid-path', {
      operation: 'put',
      path: '/a',
      state: 'the bucket is read-only',
    });
    assert.equal(error.message, 'Cannot put "/a": the bucket is read-only');
  });

  test('has no cause where none is given', () => {
    assert.ok(!('cause' in new StorageError('full', { operation: 'put', path: '/a' })));
  });
});

suite('isStorageError', () => {
  const error = new StorageError('not-found', { operation: 'get', path: '/a' });

  test('knows one, also by its kind', () => {
    assert.ok(isStorageError(error));
    assert.ok(isStorageError(error, 'not-found'));
    assert.ok(isStorageError(error, 'exists', 'not-found'));
    assert.ok(!isStorageError(error, 'exists', 'changed'));
  });

  test('knows one of another copy of this package', () => {
    const foreign = Object.assign(new Error('gone'), {
      kind: 'not-found',
      path: '/a',
      [Symbol.for('@lading/storage/StorageError')]: true,
    });
    assert.ok(isStorageError(foreign, 'not-found'));
  });

  test('knows nothing else', () => {
    for (const value of [undefined, null, 'not-found', 404, new Error('not-found'), { kind: 'not-found' }]) {
      assert.ok(!isStorageError(value));
    }
  });
});
