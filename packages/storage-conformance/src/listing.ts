import { isStorageError } from '@lading/storage';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectEqual, expectTrue } from './expect.ts';
import { during, entriesIn, namesIn, putText, sample } from './sample.ts';

export const listing: readonly ConformanceCase[] = cases('listing', {
  'a list tells files and directories of one directory': async ({ driver }) => {
    for (const path of ['/a/file', '/a/b/one', '/a/b/two', '/a/c/d/e', '/z'])
      await putText(driver, path, 'x');
    expectEqual(await namesIn(driver, '/'), ['a/', 'z'], 'list of the root');
    expectEqual(await namesIn(driver, '/a'), ['b/', 'c/', 'file'], 'list of /a');
    expectEqual(await namesIn(driver, '/a/b'), ['one', 'two'], 'list of /a/b');
    expectEqual(await namesIn(driver, '/a/c'), ['d/'], 'list of /a/c');
  },

  'a recursive list tells every file below, and no directories': async ({ driver }) => {
    for (const path of ['/a/file', '/a/b/one', '/a/b/two', '/a/c/d/e', '/z'])
      await putText(driver, path, 'x');
    expectEqual(
      await namesIn(driver, '/', true),
      ['a/b/one', 'a/b/two', 'a/c/d/e', 'a/file', 'z'],
      'list of the root',
    );
    expectEqual(await namesIn(driver, '/a', true), ['b/one', 'b/two', 'c/d/e', 'file'], 'list of /a');
  },

  'a directory that is not there has nothing in it': async ({ driver }) => {
    expectEqual(await namesIn(driver, '/'), [], 'list of an empty root');
    expectEqual(await namesIn(driver, '/', true), [], 'recursive list of an empty root');
    await putText(driver, '/a/file', 'x');
    for (const path of ['/b', '/a/b', '/b/c/d', '/a/file']) {
      expectEqual(await namesIn(driver, path), [], `list of ${path}`);
      expectEqual(await namesIn(driver, path, true), [], `recursive list of ${path}`);
    }
  },

  'names that begin alike are not mistaken for each other': async ({ driver }) => {
    const paths = ['/v1/a', '/v1-rc/b', '/v1.2/c', '/v10/d', '/v/e', '/v1a'];
    for (const path of paths) await putText(driver, path, 'x');
    expectEqual(await namesIn(driver, '/v1'), ['a'], 'list of /v1');
    expectEqual(await namesIn(driver, '/v1', true), ['a'], 'recursive list of /v1');
    expectEqual(await namesIn(driver, '/v'), ['e'], 'list of /v');
    expectEqual(
      await namesIn(driver, '/'),
      ['v/', 'v1-rc/', 'v1.2/', 'v1/', 'v10/', 'v1a'].sort(),
      'list of the root',
    );
  },

  'names of all characters are told as they are': async ({ driver }) => {
    const names = ['.hidden', '-dash', '_uploads', 'UPPER', 'a.b-c_d', 'sha256', '...', '0'];
    for (const name of names) await putText(driver, `/directory/${name}`, 'x');
    expectEqual(await namesIn(driver, '/directory'), names.sort(), 'list');
  },

  'a list of more than a thousand names tells each once': async ({ driver }) => {
    const paths = Array.from(
      { length: 1100 },
      (_, index) => `/many/${index % 2 === 0 ? '' : 'sub-'}${index}`,
    );
    for (let index = 0; index < paths.length; index += 50) {
      await Promise.all(paths.slice(index, index + 50).map((path) => driver.put(path, sample(1))));
    }
    const expected = paths.map((path) => path.slice('/many/'.length)).sort();
    expectEqual(await namesIn(driver, '/many'), expected, 'list');
    expectEqual(await namesIn(driver, '/many', true), expected, 'recursive list');
    expectEqual(await namesIn(driver, '/'), ['many/'], 'list of the directory above');
  },

  'size and time, where they are told, are those that stat tells': async ({ driver }) => {
    await driver.put('/a/one', sample(1));
    await driver.put('/a/many', sample(5000));
    for (const entry of await entriesIn(driver, '/a')) {
      const stat = await driver.stat(`/a/${entry.name}`);
      if (stat.kind !== 'file') return expectEqual(stat.kind, 'file', entry.name);
      if (entry.size !== undefined) expectEqual(entry.size, stat.size, `size of ${entry.name}`);
      // Some stores tell the time of a list more coarsely.
      const late = Math.abs((entry.modified ?? stat.modified) - stat.modified);
      expectTrue(late < 2000, `the time of ${entry.name} differs by ${late} ms`);
    }
  },

  'a directory that keeps its version keeps its names': async ({ driver, other }) => {
    const versionOf = async (): Promise<string | undefined> => {
      const stat = await driver.stat('/a');
      return stat.kind === 'directory' ? stat.version : undefined;
    };
    await putText(driver, '/a/stays', 'x');
    const changes = [
      () => putText(other, '/a/file', 'x'),
      () => putText(driver, '/a/directory/file', 'x'),
      () => other.delete('/a/file'),
      () => driver.move('/a/directory/file', '/elsewhere'),
      () => driver.move('/elsewhere', '/a/moved'),
    ];
    for (const change of changes) {
      const [version, names] = [await versionOf(), await namesIn(driver, '/a')];
      await change();
      const [changed, now] = [await versionOf(), await namesIn(driver, '/a')];
      expectTrue(JSON.stringify(now) !== JSON.stringify(names), 'the change changes the names');
      expectTrue(
        version === undefined || version !== changed,
        `the version of ${names.join()} and ${now.join()} is the same`,
      );
    }
  },

  'a list can be left at any entry': async ({ driver }) => {
    for (const name of ['1', '2', '3', '4']) await putText(driver, `/a/${name}/file`, 'x');
    for (const recursive of [false, true]) {
      let seen = 0;
      for await (const entry of driver.list('/a', { recursive })) {
        seen += entry.name.length > 0 ? 1 : 0;
        if (seen === 2) break;
      }
      expectEqual(seen, 2, 'how many were seen');
    }
    await driver.list('/a')[Symbol.asyncIterator]().return?.();
    expectEqual(await namesIn(driver, '/a'), ['1/', '2/', '3/', '4/'], 'list');
  },

  'what is listed may be deleted and replaced on the way': async ({ driver }) => {
    const names = Array.from({ length: 60 }, (_, index) => `file-${index}`);
    for (const name of names) await putText(driver, `/a/${name}`, 'x');
    const seen: string[] = [];
    for await (const { name } of driver.list('/a')) {
      seen.push(name);
      if (seen.length % 2 === 0) await driver.delete(`/a/${name}`);
      else await putText(driver, `/a/${name}`, 'replaced');
    }
    // A name that was replaced may have come and gone; no name may be told twice, and none made up.
    expectEqual(seen.length, new Set(seen).size, 'how many different names');
    expectEqual(
      seen.filter((name) => !names.includes(name)),
      [],
      'names that were never there',
    );
  },

  'what stays is told once, whatever comes and goes beside it': async ({ driver, other }) => {
    const staying = Array.from({ length: 40 }, (_, index) => `stays-${index}`);
    for (const name of staying) await putText(driver, `/a/${name}`, 'x');
    const watch = async (): Promise<void> => {
      for (let round = 0; round < 10; round += 1) {
        const names = await namesIn(driver, '/a', round % 2 === 0);
        const told = names.filter((name) => name.startsWith('stays-'));
        expectEqual(told, [...staying].sort(), `the names that stay, in round ${round}`);
      }
    };
    let round = 0;
    await during(watch(), async () => {
      round += 1;
      await putText(other, `/a/goes-${round % 7}`, 'x');
      await other.delete(`/a/goes-${(round + 3) % 7}`);
    });
  },

  'a file is never told as a directory, nor the other way': async ({ driver }) => {
    await putText(driver, '/a/file', 'x');
    await putText(driver, '/a/directory/file', 'x');
    for (const { name, kind } of await entriesIn(driver, '/a')) {
      const stat = await driver.stat(`/a/${name}`).catch((error: unknown) => {
        if (isStorageError(error, 'not-found')) return undefined;
        throw error;
      });
      expectEqual(kind, stat?.kind, `kind of ${name}`);
    }
  },
});
