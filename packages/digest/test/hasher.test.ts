import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { createNodeHasher } from '../src/hash-node.ts';
import { createPortableHasher } from '../src/hash-portable.ts';
import { type AlgorithmName, type CreateHasher, type Digest, digestOf } from '../src/index.ts';

/** The truth. */
function hashed(algorithm: AlgorithmName, ...chunks: readonly Uint8Array[]): Digest {
  const hash = createHash(algorithm);
  for (const chunk of chunks) hash.update(chunk);
  return `${algorithm}:${hash.digest('hex')}`;
}

const algorithms: readonly AlgorithmName[] = ['sha256', 'sha512'];
const chunk = fc.uint8Array({ maxLength: 300 });

const hashers: Readonly<Record<string, CreateHasher>> = {
  createNodeHasher: createNodeHasher,
  'createNodeHasher, resumable': (algorithm, options) =>
    createNodeHasher(algorithm, { resumable: true, ...options }),
  createPortableHasher: createPortableHasher,
};

for (const [name, createHasher] of Object.entries(hashers)) {
  suite(name, () => {
    test('gives the known digests of nothing', async () => {
      const known = {
        sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        sha512:
          'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
      };
      for (const algorithm of algorithms) {
        assert.equal((await createHasher(algorithm)).digest(), `${algorithm}:${known[algorithm]}`);
      }
    });

    test('gives the digest of all bytes so far, as often as it is asked', async () => {
      const property = fc.asyncProperty(
        fc.constantFrom(...algorithms),
        fc.array(chunk, { maxLength: 8 }),
        async (algorithm, chunks) => {
          const hasher = await createHasher(algorithm);
          assert.equal(hasher.algorithm, algorithm);
          const seen: Uint8Array[] = [];
          for (const bytes of chunks) {
            hasher.update(bytes);
            seen.push(bytes);
            assert.equal(hasher.digest(), hashed(algorithm, ...seen));
            assert.equal(hasher.digest(), hashed(algorithm, ...seen));
          }
        },
      );
      await fc.assert(property, { numRuns: 50 });
    });

    test('keeps no hold of a chunk that it was lent', async () => {
      const hasher = await createHasher('sha256');
      const lent = new Uint8Array([1, 2, 3]);
      hasher.update(lent);
      lent.fill(9);
      assert.equal(hasher.digest(), hashed('sha256', new Uint8Array([1, 2, 3])));
    });

    test('copies go their own ways, whoever is called when', async () => {
      const step = fc.record({ on: fc.nat(3), bytes: chunk, look: fc.boolean() });
      const property = fc.asyncProperty(
        fc.constantFrom(...algorithms),
        fc.array(step, { maxLength: 20 }),
        async (algorithm, steps) => {
          const all = [{ hasher: await createHasher(algorithm), seen: [] as Uint8Array[] }];
          for (const { on, bytes, look } of steps) {
            const one = all[on % all.length];
            if (one === undefined) continue;
            if (all.length < 4) all.push({ hasher: one.hasher.copy(), seen: [...one.seen] });
            one.hasher.update(bytes);
            one.seen.push(bytes);
            if (look) assert.equal(one.hasher.digest(), hashed(algorithm, ...one.seen));
          }
          for (const { hasher, seen } of all) assert.equal(hasher.digest(), hashed(algorithm, ...seen));
        },
      );
      await fc.assert(property, { numRuns: 50 });
    });

    test('goes on from a saved state', async () => {
      const property = fc.asyncProperty(
        fc.constantFrom(...algorithms),
        chunk,
        chunk,
        async (algorithm, before, after) => {
          const saver = await createPortableHasher(algorithm);
          saver.update(before);
          const state = saver.save?.();
          assert.ok(state !== undefined);
          const other = saver.copy();
          other.update(new Uint8Array(10));
          const hasher = await createHasher(algorithm, { state });
          hasher.update(after);
          assert.equal(hasher.digest(), hashed(algorithm, before, after));
          assert.ok(hasher.save !== undefined, 'it can be saved again');
        },
      );
      await fc.assert(property, { numRuns: 50 });
    });

    test('refuses a state that is none of its own', async () => {
      const other = (await createPortableHasher('sha512')).save?.();
      assert.ok(other !== undefined);
      const own = (await createPortableHasher('sha256')).save?.();
      assert.ok(own !== undefined);
      const spoilt = own.slice();
      spoilt[0] = (spoilt[0] ?? 0) ^ 0xff;
      for (const state of [new Uint8Array(), new Uint8Array(200), other, own.subarray(1), spoilt]) {
        await assert.rejects(createHasher('sha256', { state }), RangeError);
      }
    });
  });
}

test('createNodeHasher cannot be saved unless it is asked to be resumable', async () => {
  assert.equal((await createNodeHasher('sha256')).save, undefined);
  assert.ok((await createNodeHasher('sha256', { resumable: true })).save !== undefined);
});

test('digestOf gives the digest of bytes', async () => {
  const bytes = new TextEncoder().encode('hello');
  assert.equal(await digestOf(bytes), hashed('sha256', bytes));
  assert.equal(await digestOf(bytes, 'sha512'), hashed('sha512', bytes));
});
