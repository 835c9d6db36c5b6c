import { collect } from '@lading/bytes';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectBytes, expectEqual, expectKind, expectTrue } from './expect.ts';
import { putText, sample, sourceOf, textAt } from './sample.ts';

const day = 24 * 60 * 60 * 1000;

export const reading: readonly ConformanceCase[] = cases('reading', {
  'get gives the bytes that were put, of any size': async ({ driver }) => {
    for (const size of [0, 1, 71, 4096, 70_000, 300_000]) {
      await driver.put('/file', sample(size));
      const { bytes } = await driver.get('/file');
      expectBytes(bytes, sample(size), `get of ${size} bytes`);
    }
  },

  'get gives the bytes that were written': async ({ driver }) => {
    await driver.write('/file', sourceOf([sample(100), sample(200, 2)]).stream);
    const { bytes } = await driver.get('/file');
    expectBytes(bytes.subarray(0, 100), sample(100), 'first chunk');
    expectBytes(bytes.subarray(100), sample(200, 2), 'second chunk');
  },

  'read gives the bytes that were put, of any size': async ({ driver }) => {
    for (const size of [0, 1, 71, 65_536, 262_144, 262_145, 3_000_000]) {
      await driver.put('/file', sample(size));
      expectBytes(await collect(await driver.read('/file')), sample(size), `read of ${size} bytes`);
    }
  },

  'stat tells the size, the time and the version that get tells': async ({ driver }) => {
    await driver.put('/directory/file', sample(71));
    const stat = await driver.stat('/directory/file');
    const file = await driver.get('/directory/file');
    if (stat.kind !== 'file') return expectEqual(stat.kind, 'file', 'kind');
    expectEqual(stat.size, 71, 'size');
    expectEqual(stat.version, file.version, 'version');
    expectEqual(stat.modified, file.modified, 'modified');
    expectTrue(
      Math.abs(stat.modified - Date.now()) < day,
      `modified is not in milliseconds: ${stat.modified}`,
    );
  },

  'stat tells a directory for all that files lie below': async ({ driver }) => {
    await putText(driver, '/a/b/c', 'x');
    expectEqual(await driver.stat('/a'), { kind: 'directory' }, 'stat of /a');
    expectEqual(await driver.stat('/a/b'), { kind: 'directory' }, 'stat of /a/b');
    expectEqual((await driver.stat('/a/b/c')).kind, 'file', 'stat of /a/b/c');
  },

  'the root is a directory, also when nothing lies in it': async ({ driver }) => {
    expectEqual(await driver.stat('/'), { kind: 'directory' }, 'stat of an empty root');
    await putText(driver, '/file', 'x');
    expectEqual(await driver.stat('/'), { kind: 'directory' }, 'stat of the root');
  },

  'what is not there is not-found': async ({ driver }) => {
    await putText(driver, '/a/file', 'x');
    for (const path of ['/b', '/a/b', '/a/fil', '/a/file2', '/a/file/below', '/b/c/d']) {
      await expectKind(driver.stat(path), 'not-found', `stat of ${path}`);
      await expectKind(driver.get(path), 'not-found', `get of ${path}`);
      await expectKind(driver.read(path), 'not-found', `read of ${path}`);
    }
  },

  'a directory cannot be read: not-found': async ({ driver }) => {
    await putText(driver, '/a/b/file', 'x');
    for (const path of ['/a', '/a/b']) {
      await expectKind(driver.get(path), 'not-found', `get of ${path}`);
      await expectKind(driver.read(path), 'not-found', `read of ${path}`);
    }
  },

  'the bytes that get gives are the caller’s own': async ({ driver }) => {
    await putText(driver, '/file', 'original');
    const { bytes } = await driver.get('/file');
    bytes.fill(0);
    expectEqual(
      await textAt(driver, '/file'),
      'original',
      'the file, after its bytes were overwritten by a reader',
    );
  },

  'the version is another one after each change, and the same without': async ({ driver }) => {
    const seen = new Set<string>();
    // Of one size, one after the other at once: a clock that ticks slowly is not enough.
    for (let round = 0; round < 20; round += 1) {
      const version = await putText(driver, '/file', `text ${String(round).padStart(4, '0')}`);
      expectTrue(!seen.has(version), `the version of round ${round} has been there before`);
      seen.add(version);
      expectEqual(
        (await driver.get('/file')).version,
        version,
        `the version that get tells in round ${round}`,
      );
      expectEqual((await driver.get('/file')).version, version, 'the version told again');
    }
  },
});
