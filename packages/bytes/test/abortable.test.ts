import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { abortable, byteStream, collect } from '@lading/bytes';
import { bytes, watched } from './watched.ts';

const reason = new Error('the client has left');

suite('abortable', () => {
  test('is the stream itself without a signal', () => {
    const { stream } = watched([]);
    assert.equal(abortable(stream, undefined), stream);
  });

  test('gives the same bytes under a signal that is not aborted', async () => {
    const source = watched([bytes(2), bytes(2, 2)]);
    const { signal } = new AbortController();
    assert.deepEqual(await collect(abortable(source.stream, signal)), bytes(4));
    assert.equal(source.closed(), 1);
  });

  test('rejects with the reason, and ends its source, when it was aborted before', async () => {
    const source = watched([bytes(1)]);
    await assert.rejects(collect(abortable(source.stream, AbortSignal.abort(reason))), reason);
    assert.equal(source.closed(), 1);
    assert.equal(source.pulled(), 0);
  });

  test('ends its source at once when it is aborted between two chunks', async () => {
    const source = watched([bytes(1), bytes(2)]);
    const controller = new AbortController();
    const iterator = abortable(source.stream, controller.signal)[Symbol.asyncIterator]();
    await iterator.next();
    controller.abort(reason);
    assert.equal(source.closed(), 1);
    await assert.rejects(iterator.next(), reason);
  });

  test('rejects while a chunk is waited for that never comes', async () => {
    const controller = new AbortController();
    const stalled = byteStream({ pull: () => new Promise(() => undefined), close: () => undefined });
    const waiting = collect(abortable(stalled, controller.signal));
    controller.abort(reason);
    await assert.rejects(waiting, reason);
  });

  test('passes on what its source fails with', async () => {
    const failure = new Error('the disk is gone');
    const { signal } = new AbortController();
    await assert.rejects(collect(abortable(watched([bytes(1)], failure).stream, signal)), failure);
  });

  test('ends its source when it is left, and listens no longer', async () => {
    const source = watched([bytes(1), bytes(2)]);
    const controller = new AbortController();
    for await (const chunk of abortable(source.stream, controller.signal)) if (chunk.byteLength > 0) break;
    assert.equal(source.closed(), 1);
    controller.abort(reason);
    assert.equal(source.closed(), 1);
  });

  test('ends its source when it is left before the first read', async () => {
    const source = watched([bytes(1)]);
    await abortable(source.stream, new AbortController().signal)[Symbol.asyncIterator]().return?.();
    assert.equal(source.closed(), 1);
  });
});
