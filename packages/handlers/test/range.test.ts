import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatUploadRange, parseContentRange, parseRange } from '../src/range.ts';

const whole = { kind: 'whole' } as const;
const unsatisfiable = { kind: 'unsatisfiable' } as const;
const part = (offset: number, length: number): object => ({ kind: 'part', offset, length });

test('parseRange reads a header for content of 1000 bytes', () => {
  const table: ReadonlyArray<[header: string, expected: object]> = [
    ['bytes=0-499', part(0, 500)],
    ['bytes=500-', part(500, 500)],
    ['bytes=-500', part(500, 500)],
    ['bytes=999-', part(999, 1)],
    ['bytes=0-0', part(0, 1)],
    ['bytes=0-999', part(0, 1000)],
    ['bytes=0-5000', part(0, 1000)],
    ['bytes=-5000', part(0, 1000)],
    ['Bytes=1-2', part(1, 2)],
    [' bytes = 1 - 2 ', part(1, 2)],
    ['bytes=0-99999999999999999999999999', part(0, 1000)],
    ['bytes=1000-', unsatisfiable],
    ['bytes=1000-1001', unsatisfiable],
    ['bytes=99999999999999999999999999-', unsatisfiable],
    ['bytes=-0', unsatisfiable],
    ['bytes=500-0', unsatisfiable],
    ['bytes=', whole],
    ['bytes=-', whole],
    ['bytes=0-1,3-4', whole],
    ['bytes=0-1;', whole],
    ['bytes=+1-2', whole],
    ['bytes=0x1-2', whole],
    ['bytes=1.5-2', whole],
    ['items=0-1', whole],
    ['bytes', whole],
    ['', whole],
  ];
  for (const [header, expected] of table) assert.deepEqual(parseRange(header, 1000), expected, header);
});

test('parseRange gives the whole of nothing', () => {
  for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=-0'])
    assert.deepEqual(parseRange(header, 0), whole);
});

test('parseRange gives parts that lie within the content, whatever is asked for', () => {
  const number = fc.oneof(fc.nat(2000), fc.maxSafeNat(), fc.constant(''));
  const header = fc.oneof(
    fc.tuple(number, number).map(([first, last]) => `bytes=${first}-${last}`),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(header, fc.nat(1500), (text, size) => {
      const range = parseRange(text, size);
      if (range.kind !== 'part') return;
      assert.ok(range.offset >= 0 && range.length > 0 && range.offset + range.length <= size);
    }),
    { numRuns: 2000 },
  );
});

test('parseRange gives the very bytes of a range within the content', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 1000 }), (offset, more, length) => {
      const size = offset + length + more;
      assert.deepEqual(parseRange(`bytes=${offset}-${offset + length - 1}`, size), part(offset, length));
      assert.deepEqual(parseRange(`bytes=-${length}`, size), part(size - length, length));
    }),
  );
});

test('parseContentRange reads both forms, and nothing else', () => {
  assert.deepEqual(parseContentRange('0-9'), { offset: 0, length: 10 });
  assert.deepEqual(parseContentRange('5-5'), { offset: 5, length: 1 });
  assert.deepEqual(parseContentRange('bytes 10-19/100'), { offset: 10, length: 10 });
  assert.deepEqual(parseContentRange('bytes=10-19/*'), { offset: 10, length: 10 });
  for (const header of [
    '',
    '-',
    '5',
    '5-',
    '-5',
    '5-4',
    '0--1',
    '1-2-3',
    'a-b',
    '0-1,2-3',
    ' 1 - 2',
    '0-9999999999999999',
  ]) {
    assert.equal(parseContentRange(header), undefined, header);
  }
});

test('formatUploadRange tells the last byte', () => {
  assert.equal(formatUploadRange(0), '0--1');
  assert.equal(formatUploadRange(1), '0-0');
  assert.equal(formatUploadRange(1000), '0-999');
});
