import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { RegistryError, errorCodes, fromEntries, isErrorCode, isRegistryError } from '../src/index.ts';

suite('errorCodes', () => {
  test('holds every code of the specification, with its status', () => {
    const specified = {
      BLOB_UNKNOWN: 404,
      BLOB_UPLOAD_INVALID: 404,
      BLOB_UPLOAD_UNKNOWN: 404,
      DIGEST_INVALID: 400,
      MANIFEST_BLOB_UNKNOWN: 400,
      MANIFEST_INVALID: 400,
      MANIFEST_UNKNOWN: 404,
      NAME_INVALID: 400,
      NAME_UNKNOWN: 404,
      SIZE_INVALID: 400,
      UNAUTHORIZED: 401,
      DENIED: 403,
      UNSUPPORTED: 405,
      TOOMANYREQUESTS: 429,
    };
    for (const [code, status] of Object.entries(specified)) {
      assert.ok(isErrorCode(code));
      assert.equal(errorCodes[code].status, status);
      assert.match(errorCodes[code].message, /^[a-z]/);
    }
  });

  test('is not fooled by what every object has', () => {
    for (const word of ['toString', 'constructor', '__proto__', 'blob_unknown', ''])
      assert.equal(isErrorCode(word), false);
  });
});

suite('RegistryError', () => {
  test('takes message and status from its code', () => {
    const error = new RegistryError('MANIFEST_UNKNOWN');
    assert.equal(error.message, 'manifest unknown to registry');
    assert.equal(error.status, 404);
    assert.deepEqual(error.entries, [
      { code: 'MANIFEST_UNKNOWN', message: error.message, detail: undefined },
    ]);
    assert.equal(error.retryAfter, undefined);
    assert.equal('cause' in error, false);
  });

  test('takes another message and status, further entries, a cause and when to come back', () => {
    const cause = new Error('disk');
    const further = [{ code: 'SIZE_INVALID' }] as const;
    const error = new RegistryError('UNAVAILABLE', {
      message: 'full',
      status: 507,
      detail: 1,
      further,
      cause,
      retryAfter: 5,
    });
    assert.deepEqual([error.message, error.status, error.detail, error.retryAfter], ['full', 507, 1, 5]);
    assert.equal(error.cause, cause);
    assert.deepEqual(
      error.entries.map(({ code }) => code),
      ['UNAVAILABLE', 'SIZE_INVALID'],
    );
  });

  test('is known by its brand, also when another copy of the package made it', () => {
    const other = Object.assign(new Error('from another copy'), {
      code: 'DENIED',
      [Symbol.for('@lading/errors/RegistryError')]: true,
    });
    assert.ok(isRegistryError(other));
    assert.ok(isRegistryError(other, 'NAME_UNKNOWN', 'DENIED'));
    assert.ok(!isRegistryError(other, 'NAME_UNKNOWN'));
    for (const value of [new Error('plain'), { code: 'DENIED' }, null, undefined, 'DENIED'])
      assert.ok(!isRegistryError(value));
  });
});

suite('fromEntries', () => {
  test('gives the status of the first', () => {
    const error = fromEntries([{ code: 'MANIFEST_BLOB_UNKNOWN', detail: 'a' }, { code: 'NAME_UNKNOWN' }]);
    assert.deepEqual(
      [error.code, error.status, error.detail, error.entries.length],
      ['MANIFEST_BLOB_UNKNOWN', 400, 'a', 2],
    );
  });

  test('throws when there is none', () => {
    assert.throws(() => fromEntries([]), TypeError);
  });
});
