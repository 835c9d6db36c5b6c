import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  algorithmOf,
  computableAlgorithmOf,
  encodedOf,
  isAlgorithmName,
  isDigest,
  isDigestShaped,
  parseDigest,
} from '../src/index.ts';

const hex = (length: number): string => 'a'.repeat(length);

suite('isDigest', () => {
  test('takes the registered algorithms with as many digits as they have', () => {
    assert.ok(isDigest(`sha256:${hex(64)}`));
    assert.ok(isDigest(`sha512:${hex(128)}`));
  });

  const wrong = {
    nothing: '',
    'no algorithm': `:${hex(64)}`,
    'no digits': 'sha256:',
    'too few digits': `sha256:${hex(63)}`,
    'too many digits': `sha256:${hex(65)}`,
    'the digits of another algorithm': `sha256:${hex(128)}`,
    capitals: `sha256:${hex(63)}A`,
    'letters that are no digits': 'sha256:baddigeststring',
    'a line feed at the end': `sha256:${hex(64)}\n`,
    'an unknown algorithm': `md5:${hex(32)}`,
    'what every object has': `constructor:${hex(64)}`,
    'a path': `sha256:../../${hex(58)}`,
    'a second colon': `sha256:${hex(30)}:${hex(33)}`,
  };
  for (const [what, text] of Object.entries(wrong)) {
    test(`refuses ${what}`, () => {
      assert.ok(!isDigest(text));
      assert.throws(() => parseDigest(text), /^SyntaxError: Cannot parse digest .*: it/);
    });
  }

  test('takes algorithms that the caller knows', () => {
    const known = { md5: { hexLength: 32 } };
    assert.ok(isDigest(`md5:${hex(32)}`, known));
    assert.ok(!isDigest(`sha256:${hex(64)}`, known));
    assert.equal(parseDigest(`md5:${hex(32)}`, known), `md5:${hex(32)}`);
  });

  test('takes nothing that a path could not hold', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ unit: fc.constantFrom('a', 'f', '0', '/', '.', ':', 'g'), minLength: 64, maxLength: 64 }),
        (head, digits) => {
          for (const text of [head, `sha256:${digits}`])
            assert.ok(!isDigest(text) || /^sha(256|512):[0-9a-f]+$/.test(text));
        },
      ),
    );
  });
});

test('isDigestShaped takes any algorithm in the grammar of the specification', () => {
  for (const text of [
    'sha256+b64u:LCa0a2j_xo=',
    'multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8',
    'a:b',
  ]) {
    assert.ok(isDigestShaped(text));
  }
  for (const text of ['', ':', 'sha256:', ':abc', 'SHA256:abc', 'sha256++b:abc', 'sha256:a b'])
    assert.ok(!isDigestShaped(text));
});

test('algorithmOf and encodedOf give the parts', () => {
  assert.equal(algorithmOf(`sha512:${hex(128)}`), 'sha512');
  assert.equal(encodedOf(`sha512:${hex(128)}`), hex(128));
  assert.equal(computableAlgorithmOf(`sha512:${hex(128)}`), 'sha512');
  assert.throws(() => computableAlgorithmOf('md5:00'), RangeError);
  assert.ok(isAlgorithmName('sha256') && !isAlgorithmName('toString'));
});
