import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import { fsStorage } from '@lading/storage-fs';
import { assembleFsStorage } from '../src/fs-storage.ts';
import { stagingName } from '../src/staging.ts';
import { commandOf, outputOf, startProgram } from './run-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const hour = 60 * 60 * 1000;

suite('several processes on one root', () => {
  test('increment one counter, and none is lost', { timeout: 60_000 }, async () => {
    const { path: root, remove } = temporaryDirectory();
    const storage = fsStorage({ root });
    await storage.put('/tags/counter/link', new TextEncoder().encode('0'));
    const times = 40;
    const workers = Array.from({ length: 4 }, () => outputOf(commandOf('increment.ts', root, String(times))));
    await Promise.all(workers);
    const { bytes } = await storage.get('/tags/counter/link');
    assert.equal(new TextDecoder().decode(bytes), String(workers.length * times));
    assert.deepEqual(readdirSync(join(root, stagingName)), [], 'no lock is left');
    await remove();
  });
});

suite('a process that is killed', () => {
  test('leaves what it promised and no part of anything', { timeout: 60_000 }, async () => {
    const { path: root, remove } = temporaryDirectory();
    for (let round = 0; round < 5; round += 1) {
      const promised = await killInTheMiddle(root, 200 + round * 37);
      const storage = fsStorage({ root });
      await assert.rejects(storage.stat('/blobs/endless'), { kind: 'not-found' });
      const told = await Array.fromAsync(storage.list('/', { recursive: true }), ({ name }) => name);
      assert.deepEqual(
        told.filter((name) => !/^links\/\d\/link$/.test(name)),
        [],
        'nothing else can be seen',
      );
      assert.ok(told.length >= Math.min(10, promised + 1), 'what was promised is there');
      for (const name of told) {
        const { bytes } = await storage.get(`/${name}`);
        assert.equal(bytes.byteLength, 1000);
        assert.ok(
          bytes.every((byte) => byte === bytes[0]),
          'a file is whole',
        );
      }
    }
    await remove();
  });

  test(
    'leaves a draft, which goes an hour later, when somebody else begins to write',
    { timeout: 60_000 },
    async () => {
      const { path: root, remove } = temporaryDirectory();
      await killInTheMiddle(root, 200);
      const staging = join(root, stagingName);
      assert.ok(readdirSync(staging).length > 0, 'a draft is left');

      await fsStorage({ root }).put('/soon', new Uint8Array(1));
      assert.ok(readdirSync(staging).length > 0, 'it may be somebody’s still');

      const later = assembleFsStorage({ root }, { now: () => Date.now() + hour + 1000 });
      await later.get('/soon');
      assert.ok(readdirSync(staging).length > 0, 'a reader removes nothing');
      await later.put('/later', new Uint8Array(1));
      assert.deepEqual(readdirSync(staging), []);
      await remove();
    },
  );
});

/** Tells the last round that the process promised before it died. */
async function killInTheMiddle(root: string, milliseconds: number): Promise<number> {
  const child = startProgram(commandOf('write-forever.ts', root));
  const exit = once(child, 'exit');
  const seen = { promised: -1 };
  assert.ok(child.stdout);
  createInterface(child.stdout).on('line', (line) => {
    seen.promised = Number(line);
  });
  const started = (): boolean => {
    try {
      return readdirSync(join(root, stagingName)).some(
        (name) => statSync(join(root, stagingName, name)).size > 300_000,
      );
    } catch {
      return false;
    }
  };
  while (seen.promised < 0 || !started()) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill('SIGKILL');
  await exit;
  return seen.promised;
}
