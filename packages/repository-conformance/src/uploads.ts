import { collect, concat, fromChunks } from '@lading/bytes';
import { digestOf } from '@lading/digest';
import type { Repository } from '@lading/repository';
import type { Cases } from './case.ts';
import { equal, ok, rejection } from './check.ts';
import { brokenStream, pattern, toBytes, watched } from './content.ts';

async function read(repository: Repository, digest: `${string}:${string}`): Promise<Uint8Array> {
  return collect((await repository.blobs.read(digest)).body);
}

/** What holds of `uploads`. */
export const uploadCases: Cases = [
  {
    name: 'uploads.create begins with nothing',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const upload = await uploads.create();
      equal(upload.offset, 0, 'offset');
      equal((await uploads.status(upload.session)).offset, 0, 'offset in the status');
      ok((await uploads.create()).id !== upload.id, 'two uploads have different ids');
    },
  },
  ...(['sha256', 'sha512'] as const).map((algorithm) => ({
    name: `uploads.append and uploads.commit join chunks under ${algorithm}`,
    run: async ({ repository }: Parameters<Cases[number]['run']>[0]) => {
      const { uploads } = repository('team/app');
      const parts = [pattern(10_000), toBytes('middle'), pattern(3)];
      const digest = await digestOf(concat(parts), algorithm);
      let upload = await uploads.create({ algorithm });
      let offset = 0;
      for (const part of parts) {
        upload = await uploads.append(upload.session, fromChunks(part), { offset, size: part.byteLength });
        offset += part.byteLength;
        equal(upload.offset, offset, 'offset after a chunk');
        equal((await uploads.status(upload.session)).offset, offset, 'offset in the status');
      }
      equal(await uploads.commit(upload.session, digest), { digest, size: offset }, 'commit');
      equal(await read(repository('team/app'), digest), concat(parts), 'bytes');
    },
  })),
  {
    name: 'uploads.commit takes the last bytes with it',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const bytes = pattern(1000);
      const digest = await digestOf(bytes);
      const { session } = await uploads.append(
        (await uploads.create()).session,
        fromChunks(bytes.slice(0, 600)),
      );
      const blob = await uploads.commit(session, digest, fromChunks(bytes.slice(600)), {
        offset: 600,
        size: 400,
      });
      equal(blob, { digest, size: 1000 }, 'commit');
      equal(await read(repository('team/app'), digest), bytes, 'bytes');
    },
  },
  {
    name: 'uploads.commit makes an empty blob of an upload without bytes',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const digest = await digestOf(new Uint8Array());
      equal(await uploads.commit((await uploads.create()).session, digest), { digest, size: 0 }, 'commit');
      equal(await read(repository('team/app'), digest), new Uint8Array(), 'bytes');
    },
  },
  {
    name: 'uploads.append refuses another offset and leaves the upload as it was',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const bytes = pattern(1000);
      const { session } = await uploads.append(
        (await uploads.create()).session,
        fromChunks(bytes.slice(0, 500)),
      );
      for (const offset of [0, 499, 501, 700]) {
        const { stream, isDone } = watched(pattern(10));
        await rejection(uploads.append(session, stream, { offset }), 'RANGE_INVALID');
        ok(isDone(), 'the stream that was given is ended');
      }
      equal((await uploads.status(session)).offset, 500, 'offset');
      const next = await uploads.append(session, fromChunks(bytes.slice(500)), { offset: 500 });
      await uploads.commit(next.session, await digestOf(bytes));
      equal(await read(repository('team/app'), await digestOf(bytes)), bytes, 'bytes');
    },
  },
  {
    name: 'uploads.commit refuses last bytes at another offset',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const bytes = pattern(1000);
      const digest = await digestOf(bytes);
      const { session } = await uploads.append(
        (await uploads.create()).session,
        fromChunks(bytes.slice(0, 500)),
      );
      const { stream, isDone } = watched(bytes.slice(500));
      await rejection(uploads.commit(session, digest, stream, { offset: 400 }), 'RANGE_INVALID');
      ok(isDone(), 'the stream that was given is ended');
      await uploads.commit(session, digest, fromChunks(bytes.slice(500)), { offset: 500 });
      equal(await read(repository('team/app'), digest), bytes, 'bytes');
    },
  },
  {
    name: 'uploads.commit refuses bytes of another digest and stores nothing',
    async run({ repository }) {
      const { uploads, blobs } = repository('team/app');
      const digest = await digestOf(toBytes('promised'));
      const whole = await uploads.create();
      await rejection(
        uploads.commit(whole.session, digest, fromChunks(toBytes('delivered'))),
        'DIGEST_INVALID',
      );
      const { session } = await uploads.append(
        (await uploads.create()).session,
        fromChunks(toBytes('delivered')),
      );
      await rejection(uploads.commit(session, digest), 'DIGEST_INVALID');
      await rejection(blobs.stat(digest), 'BLOB_UNKNOWN', 'NAME_UNKNOWN');
      await rejection(blobs.stat(await digestOf(toBytes('delivered'))), 'BLOB_UNKNOWN', 'NAME_UNKNOWN');
    },
  },
  {
    name: 'uploads.commit leaves the upload as it was when the digest is wrong',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const { session } = await uploads.append(
        (await uploads.create()).session,
        fromChunks(toBytes('first ')),
      );
      const digest = await digestOf(toBytes('first last'));
      await rejection(uploads.commit(session, digest, fromChunks(toBytes('lost'))), 'DIGEST_INVALID');
      equal((await uploads.status(session)).offset, 6, 'offset');
      await uploads.commit(session, digest, fromChunks(toBytes('last')));
      equal(await read(repository('team/app'), digest), toBytes('first last'), 'bytes');
    },
  },
  {
    name: 'uploads.commit refuses another number of last bytes',
    async run({ repository }) {
      const { uploads, blobs } = repository('team/app');
      const digest = await digestOf(toBytes('short'));
      for (const size of [3, 9]) {
        const { session } = await uploads.create();
        await rejection(
          uploads.commit(session, digest, fromChunks(toBytes('short')), { size }),
          'SIZE_INVALID',
        );
        await rejection(blobs.stat(digest), 'BLOB_UNKNOWN', 'NAME_UNKNOWN');
        await uploads.commit(session, digest, fromChunks(toBytes('short')), { size: 5 });
        await blobs.delete(digest);
      }
    },
  },
  {
    name: 'uploads.append keeps the bytes that came when the sender is cut off',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const bytes = pattern(2000);
      const { session } = await uploads.append(
        (await uploads.create()).session,
        fromChunks(bytes.slice(0, 500)),
      );
      const failure = new Error('the sender left');
      const found = await uploads
        .append(session, brokenStream(bytes.slice(500, 1200), failure), { size: 1500 })
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      ok(found === failure, 'the rejection is that of the stream');
      const upload = await uploads.status(session);
      equal(upload.offset, 1200, 'offset');
      const digest = await digestOf(bytes);
      await uploads.commit(upload.session, digest, fromChunks(bytes.slice(1200)), { offset: 1200 });
      equal(await read(repository('team/app'), digest), bytes, 'bytes');
    },
  },
  {
    name: 'uploads.status tells by an older session where the upload is',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const first = await uploads.create();
      const second = await uploads.append(first.session, fromChunks(pattern(100)));
      const third = await uploads.append(second.session, fromChunks(pattern(50)));
      for (const { session } of [first, second, third])
        equal((await uploads.status(session)).offset, 150, 'offset');
      equal((await uploads.status(first.session)).id, first.id, 'id');
    },
  },
  {
    name: 'uploads.commit takes each of two writers at one offset for itself',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const start = await uploads.append((await uploads.create()).session, fromChunks(toBytes('both ')));
      const [left, right] = await Promise.all([
        uploads.append(start.session, fromChunks(toBytes('left'))),
        uploads.append(start.session, fromChunks(toBytes('right'))),
      ]);
      const digest = await digestOf(toBytes('both right'));
      await rejection(uploads.commit(left.session, digest), 'DIGEST_INVALID');
      await uploads.commit(right.session, digest);
      equal(await read(repository('team/app'), digest), toBytes('both right'), 'bytes');
    },
  },
  {
    name: 'uploads reject sessions that are none of theirs',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const foreign = await repository('team/other').uploads.create();
      const unknown = ['', 'made-up', 'A'.repeat(400), foreign.session, `${foreign.session}x`];
      for (const session of unknown) {
        await rejection(uploads.status(session), 'BLOB_UPLOAD_UNKNOWN');
        await rejection(uploads.cancel(session), 'BLOB_UPLOAD_UNKNOWN');
        const { stream, isDone } = watched(pattern(10));
        await rejection(uploads.append(session, stream), 'BLOB_UPLOAD_UNKNOWN');
        await rejection(
          uploads.commit(session, await digestOf(pattern(10)), fromChunks(pattern(10))),
          'BLOB_UPLOAD_UNKNOWN',
        );
        ok(isDone(), 'the stream that was given is ended');
      }
    },
  },
  {
    name: 'uploads.cancel ends an upload that has bytes',
    async run({ repository }) {
      const { uploads } = repository('team/app');
      const { session } = await uploads.append((await uploads.create()).session, fromChunks(pattern(10)));
      await uploads.cancel(session);
      await rejection(uploads.status(session), 'BLOB_UPLOAD_UNKNOWN');
      await rejection(uploads.commit(session, await digestOf(pattern(10))), 'BLOB_UPLOAD_UNKNOWN');
    },
  },
];
