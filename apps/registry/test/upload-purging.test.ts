import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStorage } from '@lading/storage-memory';
import { createLog } from '../src/log/log.ts';
import { uploadPurging } from '../src/upload-purging.ts';
import type { UploadPurgingOptions } from '../src/upload-purging.ts';

const hour = 3_600_000;

/** A purging whose time goes on when the test says so. */
function purging(options: Partial<UploadPurgingOptions> & Pick<UploadPurgingOptions, 'settings'>): {
  readonly sleeps: number[];
  readonly lines: string[];
  readonly wake: () => Promise<void>;
  readonly close: () => Promise<void>;
  readonly storage: ReturnType<typeof memoryStorage>;
} {
  const storage = memoryStorage({ now: () => 0 });
  const sleeps: number[] = [];
  const lines: string[] = [];
  let wake: (() => void) | undefined;
  const log = createLog({
    format: ({ level, message, fields: { kept, removed } }) =>
      `${level} ${message} ${JSON.stringify({ kept, removed })}`,
    write: (line) => lines.push(line.trim()),
  });
  const { close } = uploadPurging({
    storage,
    log,
    random: () => 0.5,
    now: () => 10 * hour,
    sleep(milliseconds, signal) {
      sleeps.push(milliseconds);
      return new Promise((resolve, reject) => {
        wake = resolve;
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    },
    ...options,
  });
  const next = async (): Promise<void> => {
    const count = sleeps.length;
    wake?.();
    while (sleeps.length === count) await new Promise(setImmediate);
  };
  return { sleeps, lines, wake: next, close, storage };
}

const settings = { enabled: true, age: hour, interval: 4 * hour, dryrun: false };
const part = '/docker/registry/v2/repositories/a/_uploads/4625fc38-7404-415e-a3e2-a81931f2c9fc/parts/0.a.b';
/** A repository is known by what lies in it. */
const link = `/docker/registry/v2/repositories/a/_layers/sha256/${'0'.repeat(64)}/link`;

test('uploadPurging removes old uploads, at jittered times', async () => {
  const { sleeps, lines, wake, close, storage } = purging({ settings });
  await storage.put(part, new Uint8Array(1));
  await storage.put(link, new Uint8Array(1));
  await wake();
  await assert.rejects(storage.get(part));
  assert.deepEqual(lines, ['info removed uploads left alone {"kept":0,"removed":1}']);
  assert.deepEqual(sleeps, [hour / 2, 4 * hour]);
  await wake();
  assert.equal(lines.length, 2);
  await close();
});

test('uploadPurging only tells in a dry run, and leaves young uploads', async () => {
  const dry = purging({ settings: { ...settings, dryrun: true } });
  await dry.storage.put(part, new Uint8Array(1));
  await dry.wake();
  await dry.storage.get(part);
  assert.deepEqual(dry.lines, [
    'info looked for uploads left alone; none is removed in a dry run {"kept":0,"removed":1}',
  ]);
  await dry.close();
  const young = purging({ settings: { ...settings, age: 11 * hour } });
  await young.storage.put(part, new Uint8Array(1));
  await young.wake();
  await young.storage.get(part);
  await young.close();
});

test('uploadPurging goes on after a failure', async () => {
  const broken = memoryStorage();
  let fails = true;
  const storage = {
    ...broken,
    list(...args: Parameters<typeof broken.list>) {
      if (fails) throw new Error('gone');
      return broken.list(...args);
    },
  };
  const { lines, wake, close } = purging({ settings, storage });
  await wake();
  assert.match(lines[0] ?? '', /^error uploads left alone cannot be removed/);
  fails = false;
  await wake();
  assert.match(lines[1] ?? '', /^info removed uploads left alone/);
  await close();
});

test('uploadPurging that is switched off does nothing', async () => {
  const { sleeps, close } = purging({ settings: { ...settings, enabled: false } });
  await close();
  assert.deepEqual(sleeps, []);
});
