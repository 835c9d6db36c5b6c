import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { test } from 'node:test';
import { isCaseInsensitive } from '../src/letter-case.ts';
import { temporaryDirectory } from './program.ts';

/** As a file system answers that does not tell capital from small letters. */
async function existsInAnyCase(file: string): Promise<boolean> {
  const names = await readdir(dirname(file));
  return names.some((name) => name.toLowerCase() === basename(file).toLowerCase());
}

test('isCaseInsensitive finds a name in other letters, and leaves nothing behind', async (t) => {
  const directory = await temporaryDirectory(t);
  assert.equal(await isCaseInsensitive(directory, existsInAnyCase), true);
  assert.deepEqual(await readdir(directory), []);
});

test('isCaseInsensitive rejects where nothing can be written', async (t) => {
  const directory = await temporaryDirectory(t);
  await assert.rejects(isCaseInsensitive(`${directory}/absent`), { code: 'ENOENT' });
});
