import type { StorageDriver } from '@lading/storage';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectEqual, expectReason, expectTrue } from './expect.ts';
import { bytesOf, namesIn, never, putText, sample, sourceOf, textAt } from './sample.ts';

export const cancelling: readonly ConformanceCase[] = cases('cancelling', {
  'nothing is done under a signal that is aborted already': async ({ driver }) => {
    await putText(driver, '/file', 'old');
    const reason = new Error('the client has left');
    const signal = AbortSignal.abort(reason);
    const { stream } = sourceOf([bytesOf('new')]);
    const calls: Record<string, () => Promise<unknown>> = {
      stat: () => driver.stat('/file', { signal }),
      read: () => driver.read('/file', { signal }),
      get: () => driver.get('/file', { signal }),
      put: () => driver.put('/file', bytesOf('new'), { signal }),
      write: () => driver.write('/file', stream, { signal }),
      list: () => drain(driver.list('/', { signal })),
      move: () => driver.move('/file', '/other', { signal }),
      delete: () => driver.delete('/file', { signal }),
    };
    for (const [name, call] of Object.entries(calls)) await expectReason(call(), reason, name);
    expectEqual(await textAt(driver, '/file'), 'old', 'the file');
    expectEqual(await namesIn(driver, '/', true), ['file'], 'all that is there');
  },

  'a write under an aborted signal ends its stream': async ({ driver }) => {
    const reason = new Error('the client has left');
    const source = sourceOf([sample(10)]);
    await expectReason(
      driver.write('/file', source.stream, { signal: AbortSignal.abort(reason) }),
      reason,
      'write',
    );
    expectTrue(source.ended(), 'the stream was left open');
  },

  'a write that is aborted leaves what was there, and nothing else': async ({ driver }) => {
    await putText(driver, '/file', 'old');
    for (const path of ['/file', '/a/new']) {
      for (const chunks of [[], [sample(10)], [sample(3_000_000)]]) {
        await abortWrite(driver, path, chunks);
      }
    }
    expectEqual(await textAt(driver, '/file'), 'old', 'the file');
    expectEqual(await namesIn(driver, '/', true), ['file'], 'all that is there');
  },

  'a write whose stream does not go on can be aborted': async ({ driver }) => {
    const controller = new AbortController();
    const source = sourceOf([sample(10)], { until: never });
    const written = driver.write('/file', source.stream, { signal: controller.signal });
    await source.waiting;
    const reason = new Error('it took too long');
    controller.abort(reason);
    await expectReason(written, reason, 'write');
    expectEqual(await namesIn(driver, '/', true), [], 'all that is there');
  },

  'a read that is aborted fails with the reason, and is over': async ({ driver }) => {
    await driver.put('/file', sample(3_000_000));
    for (const recycle of [false, true]) {
      const controller = new AbortController();
      const reason = new Error('the client has left');
      const stream = await driver.read('/file', { signal: controller.signal, recycle });
      const iterator = stream[Symbol.asyncIterator]();
      expectEqual((await iterator.next()).done, false, 'whether it was over before its first chunk');
      controller.abort(reason);
      await expectReason(readOn(iterator), reason, 'reading on');
      expectEqual((await iterator.next()).done, true, 'whether it is over');
    }
  },

  'a read that was aborted before its first chunk fails with the reason': async ({ driver }) => {
    for (const size of [10, 3_000_000]) {
      await driver.put('/file', sample(size));
      const controller = new AbortController();
      const reason = new Error('the client has left');
      const stream = await driver.read('/file', { signal: controller.signal });
      controller.abort(reason);
      await expectReason(drain(stream), reason, `reading ${size} bytes`);
    }
  },

  'a list that is aborted fails with the reason': async ({ driver }) => {
    for (const name of ['1', '2', '3', '4']) await putText(driver, `/a/${name}`, 'x');
    const controller = new AbortController();
    const reason = new Error('the client has left');
    const list = async (): Promise<void> => {
      for await (const { name } of driver.list('/a', { signal: controller.signal })) {
        expectTrue(name.length > 0, 'a name is empty');
        controller.abort(reason);
      }
    };
    await expectReason(list(), reason, 'list');
  },

  'a signal that is aborted afterwards changes nothing': async ({ driver }) => {
    const controller = new AbortController();
    const { signal } = controller;
    await driver.put('/put', bytesOf('put'), { signal });
    await driver.write('/written', sourceOf([bytesOf('written')]).stream, { signal });
    const { bytes } = await driver.get('/put', { signal });
    controller.abort();
    expectEqual(new TextDecoder().decode(bytes), 'put', 'what was got');
    expectEqual(await namesIn(driver, '/'), ['put', 'written'], 'list');
  },
});

async function abortWrite(driver: StorageDriver, path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const controller = new AbortController();
  const reason = new Error('the client has left');
  const { promise: until, resolve: finish } = Promise.withResolvers<void>();
  const source = sourceOf(chunks, { until });
  const written = driver.write(path, source.stream, { signal: controller.signal });
  await source.waiting;
  controller.abort(reason);
  await expectReason(written, reason, `write after ${chunks.length} chunks`);
  finish();
  await until;
  // A source is told at once, but can answer only after the chunk that it was asked for.
  await new Promise((resolve) => setTimeout(resolve, 0));
  expectTrue(source.ended(), 'the stream was left open');
}

/** Some chunks may have been on their way when the signal was aborted. */
async function readOn(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  while ((await iterator.next()).done !== true);
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) void item;
}
