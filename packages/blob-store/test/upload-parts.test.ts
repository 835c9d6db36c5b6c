import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryStorage } from '@lading/storage-memory';
import fc from 'fast-check';
import { type Part, chainTo, createMark, formatPart, longestFrom, parsePart } from '../src/upload-parts.ts';
import { noMark } from '../src/upload-token.ts';

const part = (offset: number, previous: string): Part => ({ offset, previous, mark: createMark() });

describe('parsePart', () => {
  it('reads what formatPart wrote', () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), fc.boolean(), (offset, first) => {
        const one = part(offset, first ? noMark : createMark());
        assert.deepEqual(parsePart(formatPart(one)), offset < 1e16 ? one : undefined);
      }),
    );
  });

  for (const name of [
    '',
    '0',
    '0.0',
    '00.0.aaaaaaaaaaaaaaaaaaaaaaaa',
    '0.1.aaaaaaaaaaaaaaaaaaaaaaaa',
    '-1.0.aaaaaaaaaaaaaaaaaaaaaaaa',
    '0.0.AAAAAAAAAAAAAAAAAAAAAAAA',
    'data',
  ]) {
    it(`refuses ${JSON.stringify(name)}`, () => assert.equal(parsePart(name), undefined));
  }
});

describe('chainTo', () => {
  it('gives the parts in order, whatever else lies there', () => {
    const one = part(0, noMark);
    const two = part(5, one.mark);
    const fork = part(5, one.mark);
    const three = part(9, two.mark);
    assert.deepEqual(chainTo([three, fork, one, two], three.mark), [one, two, three]);
    assert.deepEqual(chainTo([three, fork, one, two], noMark), []);
  });

  it('is undefined when a part is missing, or the parts form a ring', () => {
    const one = part(0, noMark);
    const two = part(5, one.mark);
    assert.equal(chainTo([two], two.mark), undefined);
    const left = part(0, noMark);
    const ring = { ...left, previous: left.mark };
    assert.equal(chainTo([ring], ring.mark), undefined);
  });
});

describe('longestFrom', () => {
  it('follows the fork that got farthest', async () => {
    const storage = memoryStorage();
    const one = part(0, noMark);
    const short = part(4, one.mark);
    const long = part(4, one.mark);
    const stray = part(99, long.mark);
    for (const [each, size] of [
      [one, 4],
      [short, 2],
      [long, 3],
      [stray, 1],
    ] as const) {
      await storage.put(`/u/${formatPart(each)}`, new Uint8Array(size));
    }
    const all = [stray, short, long, one];
    assert.deepEqual(await longestFrom(storage, '/u', all, { mark: noMark, offset: 0 }), {
      mark: long.mark,
      offset: 7,
    });
    assert.deepEqual(await longestFrom(storage, '/u', all, { mark: short.mark, offset: 6 }), {
      mark: short.mark,
      offset: 6,
    });
  });
});
