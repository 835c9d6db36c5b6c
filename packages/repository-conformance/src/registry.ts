import { isRegistryError } from '@lading/errors';
import type { Cases } from './case.ts';
import { equal, ok } from './check.ts';
import { pattern, pushBlob, pushImage } from './content.ts';
import { joinPages } from './pages.ts';

/** In the order of the specification: byte by byte, so that the slash comes after the dash and the dot. */
const sorted = ['a', 'a-b/c', 'a.b/c', 'a/b', 'a/b/c', 'a0', 'a__b', 'aa', 'b/c', 'docker.io/library/alpine'];

/** What holds of the registry itself. */
export const registryCases: Cases = [
  {
    name: 'repository rejects what is no name',
    async run({ repository }) {
      const long = `${'a'.repeat(128)}/${'b'.repeat(127)}`;
      for (const name of [
        '',
        'UPPER',
        'a//b',
        '/a',
        'a/',
        '../a',
        'a/../b',
        'a b',
        '-a',
        'a_',
        'a/_layers',
        long,
      ]) {
        let found: unknown;
        try {
          repository(name);
        } catch (error) {
          found = error;
        }
        ok(isRegistryError(found, 'NAME_INVALID'), `"${name.slice(0, 40)}" is NAME_INVALID`);
      }
      await Promise.resolve();
    },
  },
  {
    name: 'repository takes the longest names',
    async run({ repository }) {
      const names = [
        'a'.repeat(255),
        Array.from({ length: 128 }, () => 'a').join('/'),
        `${'a.b/'.repeat(63)}a-b`,
      ];
      for (const name of names) {
        const { digest } = await pushImage(repository(name), {}, { tags: ['v1'] });
        equal((await repository(name).manifests.stat('v1')).digest, digest, 'what the tag points at');
      }
    },
  },
  {
    name: 'repositories tells none of an empty registry',
    async run({ repositories }) {
      equal(await repositories(), { items: [] }, 'page');
    },
  },
  {
    name: 'repositories tells all names byte by byte in order',
    async run({ repository, repositories }) {
      for (const name of sorted.toReversed()) await pushImage(repository(name));
      equal(await repositories(), { items: sorted }, 'page');
    },
  },
  {
    name: 'repositories tells pages that join without gap or repeat',
    async run({ repository, repositories }) {
      for (const name of sorted) await pushImage(repository(name));
      for (const limit of [1, 3, 9, 10, 11]) {
        equal(await joinPages(repositories, limit), sorted, `pages of ${limit}`);
      }
      equal((await repositories({ after: 'a/a' })).items, sorted.slice(3), 'after a name that is not there');
      equal(await repositories({ limit: 0 }), { items: [] }, 'page of none');
    },
  },
  {
    name: 'repositories tells one only once it holds a manifest',
    async run({ repository, repositories }) {
      await pushBlob(repository('team/app'), pattern(10));
      equal(await repositories(), { items: [] }, 'with a blob alone');
      await pushImage(repository('team/app'));
      equal(await repositories(), { items: ['team/app'] }, 'with a manifest');
    },
  },
];
