import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ByteStream, collect, fromChunks, rechunk, slice, tap } from '@lading/bytes';
import fc from 'fast-check';
import { bytes, chunksOf, watched } from './watched.ts';

const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 });
const joined = (parts: readonly Uint8Array[]): number[] => parts.flatMap((part) => [...part]);

/** Every function that makes a stream of another one. */
const derivations: Readonly<Record<string, (stream: ByteStream) => ByteStream>> = {
  slice: (stream) => slice(stream, 0, 1000),
  tap: (stream) => tap(stream, () => undefined),
  rechunk: (stream) => rechunk(stream, 3),
};

for (const [name, derive] of Object.entries(derivations)) {
  suite(`the stream that ${name} makes`, () => {
    test('ends the other when it is left before the first read', async () => {
      const source = watched([bytes(10)]);
      const iterator = derive(source.stream)[Symbol.asyncIterator]();
      await iterator.return?.();
      assert.equal(source.closed(), 1);
      assert.equal((await iterator.next()).done, true);
    });

    test('ends the other when it is left in the middle', async () => {
      const source = watched([bytes(10), bytes(10), bytes(10)]);
      for await (const chunk of derive(source.stream)) if (chunk.byteLength > 0) break;
      assert.equal(source.closed(), 1);
    });

    test('fails as the other does', async () => {
      const failure = new Error('the disk is gone');
      await assert.rejects(collect(derive(watched([bytes(10)], failure).stream)), failure);
    });

    test('is over when the other is', async () => {
      const source = watched([bytes(10)]);
      assert.deepEqual(await collect(derive(source.stream)), bytes(10));
      assert.equal(source.closed(), 1);
    });
  });
}

suite('slice', () => {
  test('gives the bytes of a range, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat({ max: 250 }), fc.nat({ max: 250 }), async (parts, offset, length) => {
        const got = await collect(slice(fromChunks(...parts), offset, length));
        assert.deepEqual([...got], joined(parts).slice(offset, offset + length));
      }),
    );
  });

  test('gives everything from an offset on', async () => {
    assert.deepEqual(await collect(slice(fromChunks(bytes(4), bytes(4, 4)), 3)), bytes(5, 3));
  });

  test('stops reading once it has all, and ends the source', async () => {
    const source = watched([bytes(10), bytes(10), bytes(10)]);
    await collect(slice(source.stream, 5, 10));
    assert.equal(source.pulled(), 2);
    assert.equal(source.closed(), 1);
  });

  test('of nothing reads nothing, and ends the source', async () => {
    const source = watched([bytes(10)]);
    assert.deepEqual(await chunksOf(slice(source.stream, 5, 0)), []);
    assert.equal(source.pulled(), 0);
    assert.equal(source.closed(), 1);
  });
});

suite('tap', () => {
  test('looks at each chunk on its way', async () => {
    const seen: Uint8Array[] = [];
    const parts = [bytes(2), bytes(3)];
    const given = await Array.fromAsync(tap(fromChunks(...parts), (chunk) => seen.push(chunk)));
    assert.deepEqual(seen, parts);
    assert.equal(given[0], parts[0]);
  });

  test('fails, and ends the source, when looking fails', async () => {
    const source = watched([bytes(1), bytes(1)]);
    const failing = tap(source.stream, () => {
      throw new RangeError('seen enough');
    });
    await assert.rejects(collect(failing), RangeError);
    assert.equal(source.closed(), 1);
  });
});

suite('rechunk', () => {
  test('gives the same bytes in chunks of one size', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 30 }), async (parts, size) => {
        const got = await chunksOf(rechunk(fromChunks(...parts), size));
        assert.deepEqual(got.flat(), joined(parts));
        assert.ok(got.slice(0, -1).every((chunk) => chunk.length === size));
        assert.ok((got.at(-1)?.length ?? size) <= size);
        assert.ok(got.every((chunk) => chunk.length > 0));
      }),
    );
  });

  test('takes no size but a whole number above 0', () => {
    for (const size of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => rechunk(fromChunks(), size), RangeError);
    }
  });
});
