import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { collect, discard, fromChunks, fromReadableStream, toReadableStream } from '@lading/bytes';
import { bytes, watched } from './watched.ts';

suite('toReadableStream', () => {
  test('gives the bytes, and ends the stream with them', async () => {
    const source = watched([bytes(2), bytes(2, 2)]);
    const body = new Response(toReadableStream(source.stream));
    assert.deepEqual(new Uint8Array(await body.arrayBuffer()), bytes(4));
    assert.equal(source.closed(), 1);
  });

  test('reads nothing before it is asked', async () => {
    const source = watched([bytes(2)]);
    const readable = toReadableStream(source.stream);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(source.pulled(), 0);
    await readable.cancel();
    assert.equal(source.closed(), 1);
  });

  test('fails as the stream does', async () => {
    const failure = new Error('the disk is gone');
    const reader = toReadableStream(watched([bytes(1)], failure).stream).getReader();
    await reader.read();
    await assert.rejects(reader.read(), failure);
  });
});

suite('fromReadableStream', () => {
  test('gives the bytes', async () => {
    const readable = toReadableStream(fromChunks(bytes(2), bytes(2, 2)));
    assert.deepEqual(await collect(fromReadableStream(readable)), bytes(4));
  });

  test('cancels what it came from when it is left, also before the first read', async () => {
    for (const reads of [0, 1]) {
      const source = watched([bytes(1), bytes(2)]);
      const iterator = fromReadableStream(toReadableStream(source.stream))[Symbol.asyncIterator]();
      for (let read = 0; read < reads; read += 1) await iterator.next();
      await iterator.return?.();
      assert.equal(source.closed(), 1);
    }
  });

  test('fails as what it came from does', async () => {
    const failure = new Error('the disk is gone');
    const stream = fromReadableStream(toReadableStream(watched([bytes(1)], failure).stream));
    await assert.rejects(collect(stream), failure);
    await discard(stream);
  });
});
