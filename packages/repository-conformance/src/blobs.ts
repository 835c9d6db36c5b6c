import { collect, discard } from '@lading/bytes';
import { digestOf } from '@lading/digest';
import type { Cases } from './case.ts';
import { equal, ok, rejection } from './check.ts';
import { pattern, pushBlob, toBytes, unknownDigest } from './content.ts';

/** What holds of `blobs`. */
export const blobCases: Cases = [
  ...(['sha256', 'sha512'] as const).map((algorithm) => ({
    name: `blobs.stat and blobs.read tell what was pushed under ${algorithm}`,
    run: async ({ repository }: Parameters<Cases[number]['run']>[0]) => {
      const bytes = pattern(70_000);
      const { digest, size } = await pushBlob(repository('team/app'), bytes, algorithm);
      equal(await repository('team/app').blobs.stat(digest), { digest, size }, 'stat');
      const blob = await repository('team/app').blobs.read(digest);
      equal({ digest: blob.digest, size: blob.size }, { digest, size }, 'read');
      equal(await collect(blob.body), bytes, 'bytes');
    },
  })),
  {
    name: 'blobs.read gives no bytes of an empty blob',
    async run({ repository }) {
      const { digest } = await pushBlob(repository('team/app'), new Uint8Array());
      const blob = await repository('team/app').blobs.read(digest);
      equal(blob.size, 0, 'size');
      equal(await collect(blob.body), new Uint8Array(), 'bytes');
    },
  },
  {
    name: 'blobs.read gives the range that was asked for',
    async run({ repository }) {
      const bytes = pattern(10_000);
      const { digest, size } = await pushBlob(repository('team/app'), bytes);
      for (const [offset, length] of [
        [0, 1],
        [500, 1000],
        [9_999, 1],
        [9_000, 5_000],
        [1234, undefined],
      ] as const) {
        const range = length === undefined ? { offset } : { offset, length };
        const blob = await repository('team/app').blobs.read(digest, { range });
        equal(blob.size, size, 'size of the whole blob');
        const expected = bytes.slice(offset, length === undefined ? undefined : offset + length);
        equal(await collect(blob.body), expected, `bytes from ${offset}, ${length ?? 'all'} of them`);
      }
    },
  },
  {
    name: 'blobs.read rejects a range that begins beyond the end',
    async run({ repository }) {
      const { digest } = await pushBlob(repository('team/app'), pattern(100));
      await rejection(repository('team/app').blobs.read(digest, { range: { offset: 101 } }), 'RANGE_INVALID');
    },
  },
  {
    name: 'blobs.read gives chunks that belong to who receives them',
    async run({ repository }) {
      const bytes = pattern(5000);
      const { digest } = await pushBlob(repository('team/app'), bytes);
      for (const _ of [1, 2]) {
        const { body } = await repository('team/app').blobs.read(digest);
        const chunks: Uint8Array[] = [];
        for await (const chunk of body) {
          chunks.push(chunk.slice());
          chunk.fill(0xff);
        }
        equal(await collect(toStream(chunks)), bytes, 'bytes, after an earlier reader overwrote its own');
      }
    },
  },
  {
    name: 'blobs.read can be ended before its first byte',
    async run({ repository }) {
      const { digest } = await pushBlob(repository('team/app'), pattern(5000));
      await discard((await repository('team/app').blobs.read(digest)).body);
      equal((await repository('team/app').blobs.stat(digest)).size, 5000, 'size');
    },
  },
  {
    name: 'blobs.stat and blobs.read reject what was never pushed',
    async run({ repository }) {
      await rejection(repository('team/app').blobs.stat(unknownDigest), 'BLOB_UNKNOWN', 'NAME_UNKNOWN');
      await rejection(repository('team/app').blobs.read(unknownDigest), 'BLOB_UNKNOWN', 'NAME_UNKNOWN');
    },
  },
  {
    name: 'blobs.stat and blobs.read reject a blob of another repository',
    async run({ repository }) {
      const { digest } = await pushBlob(repository('team/app'), pattern(10));
      await pushBlob(repository('team/other'), pattern(20));
      await rejection(repository('team/other').blobs.stat(digest), 'BLOB_UNKNOWN');
      await rejection(repository('team/other').blobs.read(digest), 'BLOB_UNKNOWN');
    },
  },
  {
    name: 'blobs.delete takes a blob out of one repository alone',
    async run({ repository }) {
      const { digest } = await pushBlob(repository('team/app'), pattern(10));
      await pushBlob(repository('team/other'), pattern(10));
      await repository('team/app').blobs.delete(digest);
      await rejection(repository('team/app').blobs.stat(digest), 'BLOB_UNKNOWN', 'NAME_UNKNOWN');
      await rejection(repository('team/app').blobs.read(digest), 'BLOB_UNKNOWN', 'NAME_UNKNOWN');
      equal(
        await collect((await repository('team/other').blobs.read(digest)).body),
        pattern(10),
        'bytes elsewhere',
      );
    },
  },
  {
    name: 'blobs.delete rejects what is not there',
    async run({ repository }) {
      await rejection(repository('team/app').blobs.delete(unknownDigest), 'BLOB_UNKNOWN', 'NAME_UNKNOWN');
      const { digest } = await pushBlob(repository('team/app'), pattern(10));
      await repository('team/app').blobs.delete(digest);
      await rejection(repository('team/app').blobs.delete(digest), 'BLOB_UNKNOWN', 'NAME_UNKNOWN');
    },
  },
  {
    name: 'blobs.delete leaves a blob that can be pushed again',
    async run({ repository }) {
      const { digest } = await pushBlob(repository('team/app'), pattern(10));
      await repository('team/app').blobs.delete(digest);
      await pushBlob(repository('team/app'), pattern(10));
      equal((await repository('team/app').blobs.stat(digest)).size, 10, 'size');
    },
  },
  {
    name: 'blobs.mount makes a blob of another repository part of this one',
    async run({ repository }) {
      const { digest } = await pushBlob(repository('team/app'), pattern(100));
      const mount = await repository('team/other').blobs.mount(digest, { from: 'team/app' });
      equal(mount, { kind: 'mounted', blob: { digest, size: 100 } }, 'mount');
      equal(await collect((await repository('team/other').blobs.read(digest)).body), pattern(100), 'bytes');
    },
  },
  {
    name: 'blobs.mount begins an upload when the other repository lacks the blob',
    async run({ repository }) {
      const bytes = pattern(100);
      await pushBlob(repository('team/app'), bytes);
      const digest = await digestOf(toBytes('never pushed'));
      for (const from of ['team/app', 'no/such', '../team/app', 'NOT a name']) {
        const mount = await repository('team/other').blobs.mount(digest, { from });
        ok(mount.kind === 'upload' && mount.upload.offset === 0, `mount from "${from}" begins an upload`);
      }
      const mount = await repository('team/other').blobs.mount(digest, { from: 'team/app' });
      if (mount.kind !== 'upload') throw new Error('mount begins an upload');
      await repository('team/other').uploads.commit(
        mount.upload.session,
        digest,
        toStream([toBytes('never pushed')]),
      );
      equal((await repository('team/other').blobs.stat(digest)).size, 12, 'size of what was then uploaded');
    },
  },
  {
    name: 'blobs.mount without a source begins an upload for what nobody pushed',
    async run({ repository }) {
      const mount = await repository('team/app').blobs.mount(unknownDigest);
      equal(mount.kind, 'upload', 'mount');
    },
  },
];

async function* toStream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks;
}
