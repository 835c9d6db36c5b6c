import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isRegistryError } from '@lading/errors';
import { heedsRange, matches, tagCondition } from '../src/conditional.ts';

const one = `sha256:${'1'.repeat(64)}` as const;
const two = `sha512:${'2'.repeat(128)}` as const;

test('matches finds a digest in If-None-Match', () => {
  for (const header of [
    `"${one}"`,
    `W/"${one}"`,
    `"x", "${one}"`,
    `"${two}" , W/"${one}"`,
    '*',
    ` * `,
    one,
  ]) {
    assert.equal(matches(header, one), true, header);
  }
  for (const header of ['', '"', '"x"', `"${two}"`, `'${one}'`, `"${one}`, `x"${one}"`]) {
    assert.equal(matches(header, one), false, header);
  }
});

test('heedsRange is for the very content alone', () => {
  assert.equal(heedsRange(undefined, one), true);
  assert.equal(heedsRange(`"${one}"`, one), true);
  assert.equal(heedsRange(`W/"${one}"`, one), false);
  assert.equal(heedsRange(`"${two}"`, one), false);
});

test('tagCondition reads If-Match and If-None-Match', () => {
  assert.equal(tagCondition(undefined, undefined), undefined);
  assert.deepEqual(tagCondition('*', undefined), { kind: 'present' });
  assert.deepEqual(tagCondition(undefined, '*'), { kind: 'absent' });
  assert.deepEqual(tagCondition(`"${one}","${two}"`, undefined), { kind: 'digest', digests: [one, two] });
  assert.deepEqual(tagCondition(`W/"${one}", "${two}"`, undefined), { kind: 'digest', digests: [two] });
  assert.deepEqual(tagCondition('"something else"', undefined), { kind: 'digest', digests: [] });
  assert.deepEqual(tagCondition(undefined, `W/"${one}", "x"`), { kind: 'not-digest', digests: [one] });
  assert.deepEqual(tagCondition(one, undefined), { kind: 'digest', digests: [one] });
});

test('tagCondition refuses what it cannot read rather than push unguarded', () => {
  const refused = (error: unknown): boolean => isRegistryError(error, 'UNSUPPORTED') && error.status === 400;
  for (const header of ['', 'x', '"', `"${one}`, `"${one}" x`, '*, "x"']) {
    assert.throws(() => tagCondition(header, undefined), refused, header);
    assert.throws(() => tagCondition(undefined, header), refused, header);
  }
  assert.throws(() => tagCondition('*', '*'), refused);
});

test('conditional headers of any kind are read in linear time', () => {
  const letters = fc.constantFrom('"', 'W/', ',', ' ', 'a', '*', one);
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 2000 }), (parts) => {
      const header = parts.join('');
      matches(header, one);
      try {
        tagCondition(header, undefined);
      } catch (error) {
        assert.ok(isRegistryError(error));
      }
    }),
    { numRuns: 200, plugins: [fc.interruptAfterTimeLimit(20_000, { failOnInterrupt: true })] },
  );
});
