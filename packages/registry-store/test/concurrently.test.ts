import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { concurrently, together } from '../src/concurrently.ts';

suite('concurrently', () => {
  test('works on everything, so many at once', async () => {
    const state = { now: 0, most: 0, done: 0 };
    await concurrently(
      Array.from({ length: 100 }, (_, n) => n),
      async () => {
        state.now += 1;
        state.most = Math.max(state.most, state.now);
        await setImmediate();
        state.now -= 1;
        state.done += 1;
      },
      undefined,
      7,
    );
    assert.deepEqual(state, { now: 0, most: 7, done: 100 });
  });

  test('begins no more after a failure, waits for what is under way, and tells the first', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (n: number): Promise<void> => {
      begun.push(n);
      await setImmediate();
      if (n === 1) throw new Error('first');
      await setImmediate();
      ended.push(n);
      if (n === 2) throw new Error('second');
    };
    await assert.rejects(concurrently([0, 1, 2, 3, 4, 5], work, undefined, 3), /first/);
    assert.deepEqual(begun, [0, 1, 2]);
    assert.deepEqual(ended, [0, 2]);
  });

  test('stops with the reason of its signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let count = 0;
    const work = async (): Promise<void> => {
      count += 1;
      await setImmediate();
      controller.abort(reason);
    };
    await assert.rejects(concurrently(Array.from({ length: 100 }), work, controller.signal, 2), reason);
    assert.equal(count, 2);
  });
});

test('together waits for all, and tells the first failure', async () => {
  let done = false;
  const slow = (async () => {
    await setImmediate();
    done = true;
  })();
  await assert.rejects(
    together(Promise.reject(new Error('one')), slow, Promise.reject(new Error('two'))),
    /one/,
  );
  assert.ok(done);
  await together(Promise.resolve(1), slow);
});
