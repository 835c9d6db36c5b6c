import type { Cases } from './case.ts';
import { equal, rejection } from './check.ts';
import { pushBlob, pushImage, emptyJson, unknownDigest } from './content.ts';
import { joinPages } from './pages.ts';

/** In the order of the specification: byte by byte, capitals before small letters. */
const sorted = [
  '1.0',
  '1.0-rc',
  '1.0.1',
  '10',
  '2',
  'B',
  'Z',
  '_',
  'a',
  'a-b',
  'a.b',
  'a0',
  'aB',
  'a_b',
  'ab',
  'b',
];

/** What holds of `tags`. */
export const tagCases: Cases = [
  {
    name: 'tags.list tells all tags byte by byte in order',
    async run({ repository }) {
      await pushImage(repository('team/app'), {}, { tags: sorted.toReversed() });
      await pushImage(repository('team/other'), {}, { tags: ['elsewhere'] });
      equal(await repository('team/app').tags.list(), { items: sorted }, 'tags');
    },
  },
  {
    name: 'tags.list tells pages that join without gap or repeat',
    async run({ repository }) {
      const { tags } = repository('team/app');
      await pushImage(repository('team/app'), {}, { tags: sorted });
      for (const limit of [1, 3, 8, 15, 16, 17]) {
        equal(await joinPages(tags.list, limit), sorted, `pages of ${limit}`);
      }
    },
  },
  {
    name: 'tags.list tells what comes after a tag, whether that is there or not',
    async run({ repository }) {
      const { tags } = repository('team/app');
      await pushImage(repository('team/app'), {}, { tags: ['a', 'b', 'd'] });
      equal((await tags.list({ after: 'b' })).items, ['d'], 'after b');
      equal((await tags.list({ after: 'c' })).items, ['d'], 'after c');
      equal(await tags.list({ after: 'd' }), { items: [] }, 'after d');
      equal((await tags.list({ after: 'A' })).items, ['a', 'b', 'd'], 'after A');
    },
  },
  {
    name: 'tags.list tells an empty page, and no next, when asked for none',
    async run({ repository }) {
      await pushImage(repository('team/app'), {}, { tags: ['a', 'b'] });
      equal(await repository('team/app').tags.list({ limit: 0 }), { items: [] }, 'page');
    },
  },
  {
    name: 'tags.list tells none of a repository whose manifests have none',
    async run({ repository }) {
      await pushImage(repository('team/app'));
      equal(await repository('team/app').tags.list(), { items: [] }, 'page');
    },
  },
  {
    name: 'tags.list rejects a repository that does not exist',
    async run({ repository }) {
      await rejection(repository('team/app').tags.list(), 'NAME_UNKNOWN');
      await pushImage(repository('team/app/below'), {}, { tags: ['v1'] });
      await rejection(repository('team/app').tags.list(), 'NAME_UNKNOWN');
    },
  },
  {
    name: 'tags.delete removes a tag and leaves its manifest and other tags',
    async run({ repository }) {
      const { tags, manifests } = repository('team/app');
      const { digest } = await pushImage(repository('team/app'), {}, { tags: ['v1', 'v2'] });
      await tags.delete('v1');
      await rejection(manifests.stat('v1'), 'MANIFEST_UNKNOWN');
      equal((await manifests.stat('v2')).digest, digest, 'what the other tag points at');
      equal((await manifests.stat(digest)).digest, digest, 'the manifest');
      equal((await tags.list()).items, ['v2'], 'tags');
      await tags.delete('v2');
      equal((await tags.list()).items, [], 'tags, when the last is gone');
    },
  },
  {
    name: 'tags.delete rejects what is not there',
    async run({ repository }) {
      const { tags } = repository('team/app');
      await pushImage(repository('team/app'), {}, { tags: ['v1'] });
      for (const tag of ['v2', '..', '']) await rejection(tags.delete(tag), 'MANIFEST_UNKNOWN');
      await tags.delete('v1');
      await rejection(tags.delete('v1'), 'MANIFEST_UNKNOWN');
    },
  },
  {
    name: 'tags.set points a tag at a manifest that is there',
    async run({ repository }) {
      const { tags, manifests } = repository('team/app');
      if (tags.set === undefined) return { skipped: 'tags can be set by a push only' };
      await pushBlob(repository('team/app'), emptyJson);
      const { digest } = await pushImage(repository('team/app'));
      await tags.set('v1', digest);
      equal((await manifests.stat('v1')).digest, digest, 'what the tag points at');
      await rejection(tags.set('v2', unknownDigest), 'MANIFEST_UNKNOWN');
      await rejection(tags.set('not/a/tag', digest), 'TAG_INVALID');
      equal((await tags.list()).items, ['v1'], 'tags');
      return undefined;
    },
  },
];
