import { digestOf } from '@lading/digest';
import { type Descriptor, mediaTypes } from '@lading/manifest';
import type { Repository, TagCondition } from '@lading/repository';
import type { Case, Cases, Skip } from './case.ts';
import { equal, ok, rejection } from './check.ts';
import {
  descriptorOf,
  emptyConfig,
  emptyJson,
  imageBytes,
  indexBytes,
  pattern,
  pushBlob,
  pushImage,
  toBytes,
  unknownDigest,
} from './content.ts';

/** What holds of `manifests`. */
export const manifestCases: Cases = [
  {
    name: 'manifests.get gives by digest and by tag the bytes that were put',
    async run({ repository }) {
      const { manifests } = repository('team/app');
      const layer = await pushBlob(repository('team/app'), pattern(100));
      // Spaces and order as no serialiser has them.
      const config = JSON.stringify(await emptyConfig());
      const bytes = toBytes(
        `{ "layers": [${JSON.stringify(layer)}],\n\t"config": ${config}, "schemaVersion": 2 }\n`,
      );
      await pushBlob(repository('team/app'), emptyJson);
      const digest = await digestOf(bytes);
      const expected = { mediaType: mediaTypes.ociImage, digest, size: bytes.byteLength };
      equal(await manifests.put(bytes, mediaTypes.ociImage, { tags: ['v1'] }), expected, 'put');
      for (const reference of [digest, 'v1']) {
        const found = await manifests.get(reference);
        equal(found.bytes, bytes, `bytes by ${reference}`);
        const { mediaType, size } = found;
        equal({ mediaType, digest: found.digest, size }, expected, `get by ${reference}`);
        const info = await manifests.stat(reference);
        equal(
          { mediaType: info.mediaType, digest: info.digest, size: info.size },
          expected,
          `stat by ${reference}`,
        );
      }
    },
  },
  {
    name: 'manifests.put stores under the algorithm of the digest that was asked for',
    async run({ repository }) {
      const { manifests } = repository('team/app');
      await pushBlob(repository('team/app'), emptyJson);
      const bytes = await imageBytes();
      const digest = await digestOf(bytes, 'sha512');
      equal(
        (await manifests.put(bytes, mediaTypes.ociImage, { digest, tags: ['v1'] })).digest,
        digest,
        'put',
      );
      equal((await manifests.get(digest)).bytes, bytes, 'bytes by digest');
      equal((await manifests.stat('v1')).digest, digest, 'what the tag points at');
    },
  },
  {
    name: 'manifests.put points several tags at a manifest',
    async run({ repository }) {
      const { digest } = await pushImage(
        repository('team/app'),
        {},
        { tags: ['1.2.3', '1.2', '1', 'latest'] },
      );
      for (const tag of ['1.2.3', '1.2', '1', 'latest']) {
        equal((await repository('team/app').manifests.stat(tag)).digest, digest, `what ${tag} points at`);
      }
    },
  },
  {
    name: 'manifests.put moves a tag and leaves the manifest that had it',
    async run({ repository }) {
      const { manifests } = repository('team/app');
      const first = await pushImage(repository('team/app'), { annotations: { n: '1' } }, { tags: ['v1'] });
      const second = await pushImage(repository('team/app'), { annotations: { n: '2' } }, { tags: ['v1'] });
      equal((await manifests.stat('v1')).digest, second.digest, 'what the tag points at');
      equal((await manifests.stat(first.digest)).digest, first.digest, 'the first manifest');
    },
  },
  {
    name: 'manifests.put keeps no hold of the bytes that it was lent',
    async run({ repository }) {
      const { manifests } = repository('team/app');
      await pushBlob(repository('team/app'), emptyJson);
      const bytes = await imageBytes();
      const lent = bytes.slice();
      const { digest } = await manifests.put(lent, mediaTypes.ociImage);
      lent.fill(0);
      equal((await manifests.get(digest)).bytes, bytes, 'bytes');
    },
  },
  {
    name: 'manifests.put refuses bytes of another digest and stores nothing',
    async run({ repository }) {
      const { manifests } = repository('team/app');
      await pushBlob(repository('team/app'), emptyJson);
      const bytes = await imageBytes();
      const options = { digest: unknownDigest, tags: ['v1'] };
      await rejection(manifests.put(bytes, mediaTypes.ociImage, options), 'DIGEST_INVALID');
      for (const reference of [unknownDigest, await digestOf(bytes), 'v1'])
        await unknown(repository('team/app'), reference);
    },
  },
  {
    name: 'manifests.put refuses what is no manifest',
    async run({ repository }) {
      const { manifests } = repository('team/app');
      await pushBlob(repository('team/app'), emptyJson);
      const image = await imageBytes();
      for (const [bytes, contentType] of [
        [toBytes('not JSON'), mediaTypes.ociImage],
        [toBytes('[]'), mediaTypes.ociImage],
        [toBytes('{"schemaVersion":2}'), undefined],
        [image, mediaTypes.ociIndex],
        [image, mediaTypes.dockerImage],
        [await imageBytes({ mediaType: 'text/plain' }), undefined],
      ] as const) {
        await rejection(manifests.put(bytes, contentType, { tags: ['v1'] }), 'MANIFEST_INVALID');
      }
      await unknown(repository('team/app'), 'v1');
    },
  },
  {
    name: 'manifests.put refuses malformed tags',
    async run({ repository }) {
      await pushBlob(repository('team/app'), emptyJson);
      for (const tag of ['', '.hidden', '-dash', 'a/b', '..', 'a b', 'a'.repeat(129)]) {
        const push = repository('team/app').manifests.put(await imageBytes(), mediaTypes.ociImage, {
          tags: ['fine', tag],
        });
        await rejection(push, 'TAG_INVALID');
      }
      await unknown(repository('team/app'), 'fine');
    },
  },
  {
    name: 'manifests.put names every reference that is missing and stores nothing',
    async run({ repository }) {
      const { manifests } = repository('team/app');
      const here = await pushBlob(repository('team/app'), pattern(10));
      const elsewhere = await pushBlob(repository('team/other'), pattern(20));
      const absent: Descriptor[] = await Promise.all(
        Array.from({ length: 30 }, async (_, index) => ({
          mediaType: mediaTypes.ociLayer,
          digest: await digestOf(toBytes(`layer ${index}`)),
          size: 1,
        })),
      );
      const bytes = await imageBytes({ layers: [here, elsewhere, ...absent] });
      const error = await rejection(
        manifests.put(bytes, mediaTypes.ociImage, { tags: ['v1'] }),
        'MANIFEST_BLOB_UNKNOWN',
      );
      const named = JSON.stringify(error.entries);
      equal(error.entries.length, 32, 'problems: the config and 31 layers');
      for (const { digest } of [await emptyConfig(), elsewhere, ...absent])
        ok(named.includes(digest), `${digest} is named`);
      for (const reference of [await digestOf(bytes), 'v1']) await unknown(repository('team/app'), reference);
    },
  },
  {
    name: 'manifests.put takes layers that may not be distributed without their bytes',
    async run({ repository }) {
      const layers = [
        'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
        mediaTypes.dockerForeignLayer,
      ].map((mediaType) => ({
        mediaType,
        digest: unknownDigest,
        size: 10,
        urls: ['https://example.com/layer'],
      }));
      const { digest } = await pushImage(repository('team/app'), { layers });
      equal((await repository('team/app').manifests.stat(digest)).digest, digest, 'stat');
    },
  },
  {
    name: 'manifests.put takes Docker images and lists',
    async run({ repository }) {
      const { manifests } = repository('team/app');
      const image = await pushImage(repository('team/app'), { mediaType: mediaTypes.dockerImage });
      equal((await manifests.get(image.digest)).mediaType, mediaTypes.dockerImage, 'media type of the image');
      const list = await manifests.put(
        indexBytes([descriptorOf(image)], { mediaType: mediaTypes.dockerList }),
        undefined,
      );
      equal((await manifests.get(list.digest)).mediaType, mediaTypes.dockerList, 'media type of the list');
    },
  },
  {
    name: 'manifests.put takes an index, nested and empty, whose manifests are here',
    async run({ repository }) {
      const { manifests } = repository('team/app');
      const image = await pushImage(repository('team/app'));
      const empty = await manifests.put(indexBytes([]), mediaTypes.ociIndex);
      const inner = await manifests.put(
        indexBytes([descriptorOf(image), descriptorOf(empty)]),
        mediaTypes.ociIndex,
      );
      const outer = await manifests.put(indexBytes([descriptorOf(inner)]), mediaTypes.ociIndex, {
        tags: ['v1'],
      });
      equal((await manifests.stat('v1')).digest, outer.digest, 'what the tag points at');
    },
  },
  {
    name: 'manifests.put refuses an index whose manifests are elsewhere',
    async run({ repository }) {
      const image = await pushImage(repository('team/other'));
      const push = repository('team/app').manifests.put(
        indexBytes([descriptorOf(image)]),
        mediaTypes.ociIndex,
      );
      await rejection(push, 'MANIFEST_BLOB_UNKNOWN');
    },
  },
  {
    name: 'manifests.put stores nothing when its signal is aborted',
    async run({ repository }) {
      await pushBlob(repository('team/app'), emptyJson);
      const reason = new Error('the client left');
      const signal = AbortSignal.abort(reason);
      const push = repository('team/app').manifests.put(await imageBytes(), mediaTypes.ociImage, {
        tags: ['v1'],
        signal,
      });
      const found = await push.then(
        () => undefined,
        (error: unknown) => error,
      );
      ok(found === reason, 'the rejection is the reason of the signal');
      await unknown(repository('team/app'), 'v1');
    },
  },
  {
    name: 'manifests.get rejects what is not in the repository',
    async run({ repository }) {
      const { digest } = await pushImage(repository('team/other'), {}, { tags: ['v1'] });
      for (const reference of [digest, 'v1', unknownDigest, '../v1', 'sha256:short', ''])
        await unknown(repository('team/app'), reference);
      await pushImage(repository('team/app'), { annotations: { n: '1' } }, { tags: ['v2'] });
      for (const reference of [digest, 'v1', unknownDigest]) await unknown(repository('team/app'), reference);
    },
  },
  {
    name: 'manifests.delete takes a manifest and all its tags out of one repository alone',
    async run({ repository }) {
      const { manifests, tags } = repository('team/app');
      const gone = await pushImage(repository('team/app'), {}, { tags: ['v1', 'latest'] });
      const stays = await pushImage(repository('team/app'), { annotations: { n: '2' } }, { tags: ['v2'] });
      await pushImage(repository('team/other'), {}, { tags: ['v1'] });
      await manifests.delete(gone.digest);
      for (const reference of [gone.digest, 'v1', 'latest']) await unknown(repository('team/app'), reference);
      equal((await manifests.stat('v2')).digest, stays.digest, 'what another tag points at');
      equal((await tags.list()).items, ['v2'], 'tags');
      equal(
        (await repository('team/other').manifests.stat('v1')).digest,
        gone.digest,
        'the manifest elsewhere',
      );
    },
  },
  {
    name: 'manifests.delete leaves a tag that was moved to another manifest',
    async run({ repository }) {
      const first = await pushImage(repository('team/app'), { annotations: { n: '1' } }, { tags: ['v1'] });
      const second = await pushImage(repository('team/app'), { annotations: { n: '2' } }, { tags: ['v1'] });
      await repository('team/app').manifests.delete(first.digest);
      equal(
        (await repository('team/app').manifests.stat('v1')).digest,
        second.digest,
        'what the tag points at',
      );
    },
  },
  {
    name: 'manifests.delete rejects what is not there',
    async run({ repository }) {
      await rejection(
        repository('team/app').manifests.delete(unknownDigest),
        'MANIFEST_UNKNOWN',
        'NAME_UNKNOWN',
      );
      const { digest } = await pushImage(repository('team/app'));
      await repository('team/app').manifests.delete(digest);
      await rejection(repository('team/app').manifests.delete(digest), 'MANIFEST_UNKNOWN', 'NAME_UNKNOWN');
    },
  },
  {
    name: 'manifests.delete leaves a manifest that can be pushed again',
    async run({ repository }) {
      const { digest } = await pushImage(repository('team/app'), {}, { tags: ['v1'] });
      await repository('team/app').manifests.delete(digest);
      await pushImage(repository('team/app'), {}, { tags: ['v1'] });
      equal((await repository('team/app').manifests.stat('v1')).digest, digest, 'what the tag points at');
    },
  },
  conditional('absent', 'the tag must be new', { kind: 'absent' }, { none: true, first: false }),
  conditional('present', 'the tag must be there', { kind: 'present' }, { none: false, first: true }),
  conditional(
    'digest',
    'the tag must point at this',
    (first) => ({ kind: 'digest', digests: [unknownDigest, first] }),
    {
      none: false,
      first: true,
    },
  ),
  conditional(
    'another digest',
    'the tag must point at that',
    { kind: 'digest', digests: [unknownDigest] },
    { none: false, first: false },
  ),
  conditional(
    'not-digest',
    'the tag must not point at this',
    (first) => ({ kind: 'not-digest', digests: [first] }),
    {
      none: true,
      first: false,
    },
  ),
  {
    name: 'manifests.put lets one of many win who all want a new tag',
    async run({ repository }) {
      const { manifests } = repository('team/app');
      await pushBlob(repository('team/app'), emptyJson);
      const condition: TagCondition = { kind: 'absent' };
      const pushes = Array.from({ length: 8 }, async (_, index) => {
        const bytes = await imageBytes({ annotations: { n: String(index) } });
        return manifests.put(bytes, mediaTypes.ociImage, { tags: ['v1'], condition });
      });
      const results = await Promise.allSettled(pushes);
      if (results.every(isUnsupported)) return unsupported;
      const winners = results
        .filter((result) => result.status === 'fulfilled')
        .map(({ value }) => value.digest);
      equal(winners.length, 1, 'winners');
      equal((await manifests.stat('v1')).digest, winners[0], 'what the tag points at');
      return undefined;
    },
  },
];

const unsupported: Skip = { skipped: 'it sets no tags under a condition (UNSUPPORTED, 501)' };

function isUnsupported(result: PromiseSettledResult<unknown>): boolean {
  return result.status === 'rejected' && (result.reason as { status?: number }).status === 501;
}

async function unknown({ manifests }: Repository, reference: string): Promise<void> {
  await rejection(manifests.stat(reference), 'MANIFEST_UNKNOWN', 'NAME_UNKNOWN');
  await rejection(manifests.get(reference), 'MANIFEST_UNKNOWN', 'NAME_UNKNOWN');
}

type Fixed = TagCondition | ((first: `${string}:${string}`) => TagCondition);

/** Pushes under a condition to a tag that is not there (`none`), and to one that points at a first manifest (`first`). */
function conditional(
  kind: string,
  meaning: string,
  given: Fixed,
  holds: { none: boolean; first: boolean },
): Case {
  return {
    name: `manifests.put sets a tag under the condition "${kind}" only where ${meaning}`,
    async run({ repository }) {
      const { manifests } = repository('team/app');
      const first = await pushImage(repository('team/app'), { annotations: { n: '1' } }, { tags: ['old'] });
      const condition = typeof given === 'function' ? given(first.digest) : given;
      for (const [tag, before, expected] of [
        ['new', undefined, holds.none],
        ['old', first.digest, holds.first],
      ] as const) {
        const bytes = await imageBytes({ annotations: { n: '2', tag } });
        const push = manifests.put(bytes, mediaTypes.ociImage, { tags: [tag], condition });
        const [result] = await Promise.allSettled([push]);
        if (isUnsupported(result)) return unsupported;
        if (expected) {
          equal((await manifests.stat(tag)).digest, (await push).digest, `what "${tag}" points at`);
          continue;
        }
        const error = await rejection(push, 'DENIED', 'MANIFEST_INVALID', 'UNKNOWN');
        equal(error.status, 412, 'status of the refusal');
        if (before === undefined) await unknown(repository('team/app'), tag);
        else equal((await manifests.stat(tag)).digest, before, `what "${tag}" points at`);
      }
      return undefined;
    },
  };
}
