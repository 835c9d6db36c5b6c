import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { collect, fromChunks } from '@lading/bytes';
import { type StorageDriver, isPath, isStorageError } from '@lading/storage';
import { fsStorage } from '@lading/storage-fs';
import fc from 'fast-check';
import { temporaryDirectory } from './temporary-directory.ts';

const component = fc
  .string({
    unit: fc.constantFrom('a', 'b', 'c', 'X', 'Y', '0', '9', '.', '_', '-'),
    minLength: 1,
    maxLength: 12,
  })
  .filter((text) => text !== '.' && text !== '..');
const path = fc
  .array(component, { minLength: 1, maxLength: 5 })
  .map((components) => `/${components.join('/')}`);

suite('properties of the driver', () => {
  const { path: root, remove } = temporaryDirectory();
  const outside = `${root}-outside`;
  let storage: StorageDriver;
  before(() => {
    storage = fsStorage({ root });
  });
  after(remove);

  test('every path can be stored, read, told and deleted, and leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(path, fc.uint8Array({ maxLength: 100 }), async (at, bytes) => {
        await storage.put(at, bytes);
        assert.deepEqual((await storage.get(at)).bytes, bytes);
        assert.deepEqual(await names(storage), [at.slice(1)]);
        await storage.delete(at);
        assert.deepEqual(await names(storage), []);
      }),
      { numRuns: 60 },
    );
  });

  test('any other text is invalid-path, and touches nothing', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('..', '.', '', 'a', 'b', '~staging', '\0', '%2e%2e'))
        .map((parts) => `/${parts.join('/')}`),
    );
    await fc.assert(
      fc.asyncProperty(
        text.filter((each) => !isPath(each)),
        async (at) => {
          for (const call of [
            storage.put(at, new Uint8Array(1)),
            storage.write(at, fromChunks(new Uint8Array(1))),
            storage.get(at),
            storage.read(at),
            storage.delete(at),
            storage.move(at, '/to'),
            storage.move('/from', at),
          ]) {
            const error: unknown = await call.then(
              () => undefined,
              (failure: unknown) => failure,
            );
            assert.ok(isStorageError(error, 'invalid-path'), `${JSON.stringify(at)}: ${String(error)}`);
          }
        },
      ),
      { numRuns: 300 },
    );
    assert.deepEqual(await names(storage), []);
    await assert.rejects(fsStorage({ root: outside }).get('/a'), { kind: 'not-found' });
  });

  test('what is written in any chunks is read in any range', async () => {
    const chunks = fc.array(fc.nat({ max: 150_000 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        chunks,
        fc.nat({ max: 1000 }),
        fc.nat({ max: 1000 }),
        fc.boolean(),
        async (sizes, from, count, recycle) => {
          const whole = randomBytes(sizes.reduce((sum, size) => sum + size, 0));
          let offset = 0;
          const parts = sizes.map((size) => whole.subarray(offset, (offset += size)));
          assert.equal(await storage.write('/file', fromChunks(...parts)), whole.byteLength);
          const start = Math.floor((whole.byteLength * from) / 1000);
          const length = Math.floor((whole.byteLength * count) / 1000);
          const copies: Uint8Array[] = [];
          for await (const chunk of await storage.read('/file', { offset: start, length, recycle })) {
            copies.push(new Uint8Array(chunk));
          }
          const got = await collect(fromChunks(...copies));
          assert.ok(equals(got, whole.subarray(start, start + length)));
        },
      ),
      { numRuns: 60 },
    );
  });
});

async function names(storage: StorageDriver): Promise<string[]> {
  return Array.fromAsync(storage.list('/', { recursive: true }), ({ name }) => name);
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

function equals(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && one.every((byte, index) => byte === other[index]);
}
