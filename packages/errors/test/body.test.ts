import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { type ErrorCode, RegistryError, errorCodes, fromBody, fromEntries, toBody } from '../src/index.ts';

const codes = Object.keys(errorCodes) as ErrorCode[];

suite('toBody', () => {
  test('writes code, message and detail as the specification has them', () => {
    const error = new RegistryError('BLOB_UNKNOWN', { detail: { digest: 'sha256:00' } });
    const entry = {
      code: 'BLOB_UNKNOWN',
      message: 'blob unknown to registry',
      detail: { digest: 'sha256:00' },
    };
    assert.deepEqual(JSON.parse(toBody(error)), { errors: [entry] });
  });

  test('leaves out a detail that is not there, and gives every entry a message', () => {
    const error = fromEntries([
      { code: 'MANIFEST_BLOB_UNKNOWN' },
      { code: 'MANIFEST_INVALID', message: 'two' },
    ]);
    assert.deepEqual(JSON.parse(toBody(error)), {
      errors: [
        { code: 'MANIFEST_BLOB_UNKNOWN', message: errorCodes.MANIFEST_BLOB_UNKNOWN.message },
        { code: 'MANIFEST_INVALID', message: 'two' },
      ],
    });
  });

  test('tells nothing of the cause', () => {
    const error = new RegistryError('UNAVAILABLE', { cause: new Error('/secret/path') });
    assert.ok(!toBody(error).includes('secret'));
  });
});

suite('fromBody', () => {
  test('reads back what toBody wrote', () => {
    const entry = fc.record({
      code: fc.constantFrom(...codes),
      message: fc.string(),
      detail: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1 }), (entries) => {
        const error = fromEntries(entries);
        const back = fromBody(error.status, toBody(error));
        assert.equal(back.status, error.status);
        assert.equal(toBody(back), toBody(error));
      }),
    );
  });

  test('gives the code that fits the status when the body is none of the specification', () => {
    for (const [status, code] of [
      [401, 'UNAUTHORIZED'],
      [403, 'DENIED'],
      [404, 'NAME_UNKNOWN'],
      [429, 'TOOMANYREQUESTS'],
      [503, 'UNAVAILABLE'],
      [500, 'UNKNOWN'],
      [418, 'UNKNOWN'],
    ] as const) {
      for (const body of [
        '',
        '<html>',
        'null',
        '[]',
        '{}',
        '{"errors":[]}',
        '{"errors":{}}',
        '{"errors":[{"code":"MADE_UP"}]}',
      ]) {
        const error = fromBody(status, body);
        assert.deepEqual(
          [error.code, error.status, error.message],
          [code, status, `registry answered ${status}`],
        );
      }
    }
  });

  test('leaves out entries that it does not know among those that it does', () => {
    const body = '{"errors":[null, 1, {"code":7}, {"code":"MADE_UP"}, {"code":"TAG_INVALID","message":9}]}';
    const error = fromBody(400, body);
    assert.deepEqual(
      error.entries.map(({ code }) => code),
      ['TAG_INVALID'],
    );
    assert.equal(error.message, errorCodes.TAG_INVALID.message);
  });

  test('takes any text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        assert.equal(fromBody(status, body).status, status);
      }),
    );
  });
});
