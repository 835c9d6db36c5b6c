import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromChunks } from '@lading/bytes';
import type { RegistryRequest } from '@lading/handlers';
import { health } from '../src/health.ts';
import type { HealthOptions } from '../src/health.ts';

function ask(path: string): RegistryRequest {
  return {
    method: 'GET',
    path,
    query: '',
    header: () => undefined,
    body: fromChunks(),
    signal: new AbortController().signal,
  };
}

async function statusOf(options: Partial<HealthOptions>, path = '/readyz'): Promise<number> {
  const handler = health(() => Promise.resolve({ status: 404, headers: [] }), {
    probe: () => Promise.resolve(),
    draining: () => false,
    ...options,
  });
  return (await handler(ask(path))).status;
}

test('/readyz is 503 while the process drains, and /livez is not', async () => {
  assert.equal(await statusOf({ draining: () => true }), 503);
  assert.equal(await statusOf({ draining: () => true }, '/livez'), 200);
});

test('/readyz does not wait for a storage that hangs', async (t) => {
  // As a server would: the deadline's own timer keeps no process alive.
  const alive = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(alive));
  const start = performance.now();
  const reasons: unknown[] = [];
  const hanging = (): Promise<void> => new Promise(() => undefined);
  assert.equal(
    await statusOf({ probe: hanging, deadline: 50, onUnready: (reason) => reasons.push(reason) }),
    503,
  );
  assert.ok(performance.now() - start < 2000);
  assert.equal(reasons.length, 1);
});

test('/readyz asks the storage once for many that ask', async () => {
  let asked = 0;
  const handler = health(() => Promise.resolve({ status: 404, headers: [] }), {
    draining: () => false,
    probe() {
      asked++;
      return Promise.resolve();
    },
  });
  const answers = await Promise.all(Array.from({ length: 50 }, () => handler(ask('/readyz'))));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(asked, 1);
});

test('health leaves everything else to the handler', async () => {
  assert.equal(await statusOf({}, '/readyz/'), 404);
  assert.equal(await statusOf({}, '/v2/'), 404);
});
