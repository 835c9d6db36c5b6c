import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { rangeIn } from '@lading/storage';
import fc from 'fast-check';

suite('rangeIn', () => {
  test('gives what slice would', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 50 }),
        fc.nat({ max: 50 }),
        fc.option(fc.nat({ max: 60 })),
        (size, offset, length) => {
          const options = length === null ? { offset } : { offset, length };
          if (offset > size) {
            assert.throws(() => rangeIn(size, options, '/file'), { kind: 'invalid-range' });
            return;
          }
          const whole = Uint8Array.from({ length: size }, (_, index) => index);
          const { start, end } = rangeIn(size, options, '/file');
          assert.ok(start <= end && end <= size);
          assert.deepEqual(whole.slice(start, end), whole.slice(offset, offset + (length ?? size)));
        },
      ),
    );
  });

  test('takes whole numbers from 0 only, and a length without end', () => {
    assert.deepEqual(rangeIn(10, { length: Number.POSITIVE_INFINITY }, '/file'), { start: 0, end: 10 });
    for (const wrong of [-1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
      assert.throws(() => rangeIn(10, { offset: wrong }, '/file'), { kind: 'invalid-range' });
      assert.throws(() => rangeIn(10, { length: wrong }, '/file'), { kind: 'invalid-range' });
    }
  });
});
