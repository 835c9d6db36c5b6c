import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { collect, concat, fromChunks } from '@lading/bytes';
import fc from 'fast-check';
import { bytes, watched } from './watched.ts';

suite('concat', () => {
  test('joins chunks in their order', () => {
    assert.deepEqual(concat([bytes(2), new Uint8Array(), bytes(3, 2)]), bytes(5));
  });

  test('of nothing is empty, and of one chunk that chunk itself', () => {
    assert.deepEqual(concat([]), new Uint8Array());
    const only = bytes(3);
    assert.equal(concat([only]), only);
  });
});

suite('collect', () => {
  test('gives all bytes of any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 })), async (chunks) => {
        assert.deepEqual(
          [...(await collect(fromChunks(...chunks)))],
          chunks.flatMap((chunk) => [...chunk]),
        );
      }),
    );
  });

  test('takes exactly as many bytes as the limit', async () => {
    assert.deepEqual(await collect(fromChunks(bytes(2), bytes(2, 2)), 4), bytes(4));
    assert.deepEqual(await collect(fromChunks(), 0), new Uint8Array());
  });

  test('fails as soon as there are more, and ends the stream', async () => {
    const source = watched([bytes(3), bytes(2), bytes(100)]);
    await assert.rejects(collect(source.stream, 4), RangeError);
    assert.equal(source.closed(), 1);
    assert.equal(source.pulled(), 2);
  });
});
