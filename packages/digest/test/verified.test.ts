import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ByteStream, collect, fromChunks } from '@lading/bytes';
import { MismatchError, createHasher, digestOf, isMismatchError, verified } from '@lading/digest';
import fc from 'fast-check';
import { verified as portable } from '../src/index.ts';

const bytes = new TextEncoder().encode('what was promised');
const digest = await digestOf(bytes);

for (const [name, verify] of [
  ['verified', verified],
  ['verified, portable', portable],
] as const) {
  suite(name, () => {
    test('hands on the bytes of the right digest and size', async () => {
      for (const algorithm of ['sha256', 'sha512'] as const) {
        const expected = await digestOf(bytes, algorithm);
        assert.deepEqual(
          await collect(verify(fromChunks(bytes), expected, { size: bytes.byteLength })),
          bytes,
        );
      }
    });

    test('rejects at the end when the digest is another', async () => {
      const received: Uint8Array[] = [];
      const read = async (): Promise<void> => {
        for await (const chunk of verify(fromChunks(bytes.subarray(0, 5), new Uint8Array(3)), digest))
          received.push(chunk);
      };
      await assert.rejects(
        read,
        (error) => isMismatchError(error) && error.expected === digest && error.actual !== digest,
      );
      assert.equal(received.length, 2, 'all bytes came before');
    });

    test('rejects more bytes before they are handed on, and fewer at the end', async () => {
      let handed = 0;
      const read = async (size: number): Promise<void> => {
        handed = 0;
        for await (const chunk of verify(fromChunks(bytes, bytes), digest, { size }))
          handed += chunk.byteLength;
      };
      await assert.rejects(
        read(bytes.byteLength),
        (error) => isMismatchError(error) && error.expected === bytes.byteLength,
      );
      assert.equal(handed, bytes.byteLength);
      await assert.rejects(
        read(100),
        (error) => isMismatchError(error) && error.expected === 100 && error.actual === 34,
      );
    });

    test('passes a failure of the stream on as it is', async () => {
      const failure = new Error('cut off');
      const broken: ByteStream = (async function* () {
        await Promise.resolve();
        yield bytes;
        throw failure;
      })();
      await assert.rejects(collect(verify(broken, digest)), failure);
    });

    test('goes on with a hasher that has seen what came before', async () => {
      const hasher = await createHasher('sha256');
      hasher.update(bytes.subarray(0, 5));
      assert.deepEqual(
        await collect(verify(fromChunks(bytes.subarray(5)), digest, { hasher })),
        bytes.subarray(5),
      );
    });

    test('rejects an algorithm that cannot be computed', async () => {
      await assert.rejects(collect(verify(fromChunks(bytes), 'md5:00')), RangeError);
    });

    test('lets through exactly what has the digest', async () => {
      const property = fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 20 })),
        fc.boolean(),
        async (chunks, honest) => {
          const whole = await collect(fromChunks(...chunks));
          const expected = honest ? await digestOf(whole) : digest;
          const result = collect(verify(fromChunks(...chunks), expected));
          if (honest) assert.deepEqual(await result, whole);
          else await assert.rejects(result, isMismatchError);
        },
      );
      await fc.assert(property, { numRuns: 50 });
    });
  });
}

test('isMismatchError knows those of another copy of the package', () => {
  assert.ok(isMismatchError(new MismatchError(1, 2)));
  assert.ok(isMismatchError({ [Symbol.for('@lading/digest/MismatchError')]: true }));
  for (const value of [new Error('plain'), null, undefined, 'text']) assert.ok(!isMismatchError(value));
});
