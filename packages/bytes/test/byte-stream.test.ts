import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { type ByteStream, byteStream, collect, discard, fromChunks } from '@lading/bytes';
import { bytes, chunksOf, watched } from './watched.ts';

suite('byteStream', () => {
  test('gives what its source gives, and closes it once at the end', async () => {
    const source = watched([bytes(2), bytes(3)]);
    assert.deepEqual(await chunksOf(source.stream), [
      [0, 1],
      [0, 1, 2],
    ]);
    assert.equal(source.closed(), 1);
    await discard(source.stream);
    assert.equal(source.closed(), 1);
  });

  test('closes its source when it is left before the first read', async () => {
    const source = watched([bytes(2)]);
    await source.stream[Symbol.asyncIterator]().return?.();
    assert.equal(source.closed(), 1);
    assert.equal(source.pulled(), 0);
  });

  test('closes its source when it is left in the middle', async () => {
    const source = watched([bytes(1), bytes(2), bytes(3)]);
    for await (const chunk of source.stream) if (chunk.byteLength === 2) break;
    assert.equal(source.closed(), 1);
    assert.equal(source.pulled(), 2);
  });

  test('rejects as its source does, closes it, and is over then', async () => {
    const failure = new Error('the disk is gone');
    const source = watched([bytes(1)], failure);
    const iterator = source.stream[Symbol.asyncIterator]();
    await iterator.next();
    await assert.rejects(iterator.next(), failure);
    assert.equal(source.closed(), 1);
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  });

  test('is over after the end and after return', async () => {
    const iterator = watched([]).stream[Symbol.asyncIterator]();
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(await iterator.next(), { done: true, value: undefined });
      assert.deepEqual(await iterator.return?.(), { done: true, value: undefined });
    }
  });

  test('rejects when its source cannot be closed, once', async () => {
    const failure = new Error('cannot close');
    const close = (): Promise<void> => Promise.reject(failure);
    const iterator = byteStream({ pull: async () => undefined, close })[Symbol.asyncIterator]();
    await assert.rejects(iterator.next(), failure);
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  });
});

suite('fromChunks', () => {
  test('gives the chunks themselves, and leaves empty ones out', async () => {
    const [one, two] = [bytes(2), bytes(3)];
    const given = await Array.fromAsync(
      fromChunks(new Uint8Array(), one, new Uint8Array(), two, new Uint8Array()),
    );
    assert.equal(given.length, 2);
    assert.equal(given[0], one);
    assert.equal(given[1], two);
  });

  test('of nothing is empty', async () => {
    assert.deepEqual(await chunksOf(fromChunks()), []);
  });

  test('is over when it is left', async () => {
    const iterator = fromChunks(bytes(1), bytes(2))[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return?.();
    assert.equal((await iterator.next()).done, true);
  });
});

suite('discard', () => {
  test('ends a stream unread', async () => {
    const source = watched([bytes(1)]);
    await discard(source.stream);
    assert.equal(source.closed(), 1);
  });

  test('drops failures of the ending, and takes a stream that cannot be ended', async () => {
    await discard(byteStream({ pull: async () => undefined, close: () => Promise.reject(new Error('no')) }));
    await discard({
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
    });
  });
});

suite('a ByteStream', () => {
  test('is what runtimes give already', async () => {
    const text = new TextEncoder().encode('some text');
    const streams: readonly ByteStream[] = [Readable.from([text]), new Blob([text]).stream()];
    for (const stream of streams) assert.deepEqual(await collect(stream), text);
  });
});
