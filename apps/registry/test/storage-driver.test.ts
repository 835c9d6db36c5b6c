import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { defaults } from '../src/config/configuration.ts';
import { configuredStorage } from '../src/storage-driver.ts';
import type { ConfiguredStorage } from '../src/storage-driver.ts';
import { temporaryDirectory } from './program.ts';

const run = promisify(execFile);

async function storageIn(rootdirectory: string): Promise<ConfiguredStorage> {
  return configuredStorage(
    { ...defaults.storage, filesystem: { rootdirectory, disk: 'local' } },
    { directory: rootdirectory },
  );
}

test('configuredStorage says nothing of an ordinary file system', async (t) => {
  const root = join(await temporaryDirectory(t), 'data');
  const { warnings, place, probe } = await storageIn(root);
  assert.deepEqual(warnings, []);
  assert.equal(place, root);
  await probe(new AbortController().signal);
});

test('configuredStorage warns of a file system that does not tell capital from small letters', async (t) => {
  const root = await caseInsensitiveDirectory(t);
  if (root === undefined) return;
  const { warnings } = await storageIn(root);
  assert.deepEqual(warnings, [
    `${root} does not tell capital from small letters: tags that differ only in them, such as "v1-RC" and "v1-rc", are one, and so are repositories`,
  ]);
});

/** A FAT file system of a few MiB; skips the test where none can be made. */
async function caseInsensitiveDirectory(t: TestContext): Promise<string | undefined> {
  const directory = await temporaryDirectory(t);
  const [image, root] = [join(directory, 'image'), join(directory, 'mounted')];
  await writeFile(image, new Uint8Array(8 * 1024 * 1024));
  await mkdir(root);
  try {
    await run('mkfs.vfat', [image]);
    await run('mount', ['-o', 'loop', image, root]);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    t.skip(
      missing
        ? 'mkfs.vfat is not installed — install: apt-get install dosfstools'
        : 'a FAT file system cannot be mounted here',
    );
    return undefined;
  }
  t.after(() => run('umount', [root]));
  return root;
}
