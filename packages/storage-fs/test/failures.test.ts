import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fromChunks } from '@lading/bytes';
import type { StorageDriver } from '@lading/storage';
import { fsStorage } from '@lading/storage-fs';
import { type FileCalls, localCalls } from '../src/file-calls.ts';
import { assembleFsStorage } from '../src/fs-storage.ts';
import { stagingName } from '../src/staging.ts';
import { commandOf, outputOf } from './run-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const bytes = new Uint8Array(71);
const isRoot = process.getuid?.() === 0;

suite('a full disk', () => {
  test('is full: what was there stays, and nothing is left', (t) =>
    inSmallDisk(t, async (root) => {
      const storage = fsStorage({ root });
      await storage.put('/file', bytes);
      const chunks = Array.from({ length: 64 }, () => new Uint8Array(64 * 1024));
      await assert.rejects(storage.write('/file', fromChunks(...chunks)), { kind: 'full' });
      await assert.rejects(storage.put('/new/file', new Uint8Array(2_000_000)), { kind: 'full' });
      assert.equal((await storage.get('/file')).bytes.byteLength, 71);
      assert.deepEqual(readdirSync(join(root, stagingName)), []);
      await storage.put('/after', bytes);
    }));

  test('lets files be deleted, though there is no room for a lock', async () => {
    const { path: root, remove } = temporaryDirectory();
    await fsStorage({ root }).put('/a/file', bytes);
    rmSync(join(root, stagingName), { recursive: true });
    const fail = (): never => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    for (const calls of [
      { ...localCalls, link: fail },
      { ...localCalls, makeDirectory: fail },
    ]) {
      await fsStorage({ root }).put('/a/file', bytes);
      const storage = assembleFsStorage({ root }, { calls });
      await storage.delete('/a');
      await assert.rejects(storage.get('/a/file'), { kind: 'not-found' });
    }
    await remove();
  });

  test('is full too when a file may not become so large', { timeout: 30_000 }, async (t) => {
    if (process.platform === 'win32') return t.skip('there is no limit of file sizes on Windows');
    if ('Deno' in globalThis) return t.skip('Deno dies of the signal that comes with such a limit');
    const { path: root, remove } = temporaryDirectory();
    const limited = `ulimit -f 1000; exec "$@"`;
    const output = await outputOf(['sh', '-c', limited, 'sh', ...commandOf('fill.ts', root)]);
    assert.equal(output.trim(), 'full');
    assert.deepEqual(readdirSync(root).sort(), ['small', stagingName]);
    assert.deepEqual(readdirSync(join(root, stagingName)), []);
    await remove();
  });
});

suite('what cannot be read is unavailable, never not-found', () => {
  test('where rights are missing', { timeout: 30_000 }, async (t) => {
    if (process.platform === 'win32') return t.skip('rights of files are of another kind on Windows');
    const { path: root, remove } = temporaryDirectory();
    await fsStorage({ root }).put('/closed/file', bytes);
    chmodSync(join(root, 'closed'), 0);
    // Rights mean nothing to root, so somebody else looks.
    const somebody = isRoot ? { uid: 65534, gid: 65534 } : {};
    chmodSync(root, 0o755);
    const output = await outputOf(commandOf('look.ts', root, '/closed/file'), somebody).catch(
      (error: unknown) => error,
    );
    chmodSync(join(root, 'closed'), 0o755);
    await remove();
    if (output instanceof Error)
      return t.skip(`nobody else may run the runtime here: ${output.message.split(':')[0]}`);
    assert.deepEqual(String(output).trim().split('\n'), ['unavailable', 'unavailable', 'unavailable']);
  });

  test('where links go in a circle', async () => {
    const { path: root, remove } = temporaryDirectory();
    symlinkSync('circle', join(root, 'circle'));
    const storage = fsStorage({ root });
    for (const call of readers(storage, '/circle/file'))
      await assert.rejects(call(), { kind: 'unavailable' });
    await remove();
  });

  test('where the disk fails', async () => {
    const { path: root, remove } = temporaryDirectory();
    const good = fsStorage({ root });
    await good.put('/small', bytes);
    await good.put('/large', new Uint8Array(1_000_000));
    const fail = (): never => {
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    };
    const calls: FileCalls = { ...localCalls, readFew: fail, readMany: async () => fail() };
    const storage = assembleFsStorage({ root }, { calls });
    await assert.rejects(storage.get('/small'), { kind: 'unavailable' });
    await assert.rejects(storage.read('/small'), { kind: 'unavailable' });
    await assert.rejects(drain(await storage.read('/large')), { kind: 'unavailable' });
    await remove();
  });

  test('where no more files may be open', async () => {
    const { path: root, remove } = temporaryDirectory();
    await fsStorage({ root }).put('/file', bytes);
    const open = (): never => {
      throw Object.assign(new Error('EMFILE: too many open files, open'), { code: 'EMFILE' });
    };
    const storage = assembleFsStorage({ root }, { calls: { ...localCalls, open } });
    await assert.rejects(storage.get('/file'), { kind: 'unavailable' });
    await assert.rejects(storage.put('/file', bytes), { kind: 'unavailable' });
    await remove();
  });
});

suite('a file that became shorter while it was read', () => {
  test('is a failure, never a short stream', async () => {
    const { path: root, remove } = temporaryDirectory();
    const storage = fsStorage({ root });
    await storage.put('/file', new Uint8Array(3_000_000));
    for (const recycle of [false, true]) {
      writeFileSync(join(root, 'file'), new Uint8Array(3_000_000));
      const stream = await storage.read('/file', { recycle });
      writeFileSync(join(root, 'file'), new Uint8Array(1_000_000));
      await assert.rejects(drain(stream), { kind: 'unavailable' });
    }
    await remove();
  });
});

suite('a file and a directory of one name', () => {
  test('cannot be: invalid-path', async () => {
    const { path: root, remove } = temporaryDirectory();
    const storage = fsStorage({ root });
    await storage.put('/a/file', bytes);
    await assert.rejects(storage.put('/a/file/below', bytes), { kind: 'invalid-path' });
    await assert.rejects(storage.put('/a/file/far/below', bytes), { kind: 'invalid-path' });
    await assert.rejects(storage.write('/a', fromChunks(bytes)), { kind: 'invalid-path' });
    await storage.put('/b', bytes);
    await assert.rejects(storage.move('/b', '/a'), { kind: 'invalid-path' });
    await assert.rejects(storage.move('/b', '/a/file/below'), { kind: 'invalid-path' });
    await assert.rejects(storage.put('/a', bytes, { ifAbsent: true }), { kind: 'exists' });
    assert.deepEqual(readdirSync(join(root, stagingName)), []);
    await remove();
  });

  test('can be when the directory is an empty one, that a crash has left', async () => {
    const { path: root, remove } = temporaryDirectory();
    mkdirSync(join(root, 'a/b'), { recursive: true });
    const storage = fsStorage({ root });
    await storage.put('/a/b', bytes);
    assert.equal((await storage.get('/a/b')).bytes.byteLength, 71);
    mkdirSync(join(root, 'c'));
    await storage.put('/c', bytes, { ifAbsent: true });
    assert.equal((await storage.get('/c')).bytes.byteLength, 71);
    mkdirSync(join(root, 'd'));
    await storage.move('/c', '/d');
    assert.equal((await storage.get('/d')).bytes.byteLength, 71);
    await remove();
  });
});

suite('the staging directory', () => {
  test('may be removed by somebody who tidies up', async () => {
    const { path: root, remove } = temporaryDirectory();
    const storage = fsStorage({ root });
    await storage.put('/a', bytes);
    execFileSync('rm', ['-r', join(root, stagingName)]);
    await storage.put('/b', bytes);
    execFileSync('rm', ['-r', join(root, stagingName)]);
    await storage.delete('/a');
    await assert.rejects(storage.get('/a'), { kind: 'not-found' });
    execFileSync('rm', ['-r', join(root, stagingName)]);
    await storage.move('/b', '/c');
    await assert.rejects(storage.move('/b', '/d'), { kind: 'not-found' });
    await remove();
  });

  test('can be neither addressed nor listed', async () => {
    const { path: root, remove } = temporaryDirectory();
    const storage = fsStorage({ root });
    await storage.put('/a', bytes);
    assert.deepEqual(await Array.fromAsync(storage.list('/'), ({ name }) => name), ['a']);
    await assert.rejects(storage.get(`/${stagingName}`), { kind: 'invalid-path' });
    await assert.rejects(storage.delete(`/${stagingName}`), { kind: 'invalid-path' });
    await remove();
  });
});

function readers(storage: StorageDriver, path: string): readonly (() => Promise<unknown>)[] {
  return [() => storage.stat(path), () => storage.get(path), () => storage.read(path)];
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of stream) assert.ok(chunk.byteLength > 0);
}

/** Runs a test on a disk of one megabyte, where one can be had. */
async function inSmallDisk(
  t: { readonly skip: (reason: string) => void },
  run: (root: string) => Promise<void>,
): Promise<void> {
  const { path, remove } = temporaryDirectory();
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    t.skip('a small disk cannot be mounted here — run as root on Linux');
    return remove();
  }
  try {
    await run(path);
  } finally {
    execFileSync('/bin/umount', [path]);
    await remove();
  }
}
