import { randomUUID } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether a file in a directory can be found under its name in small letters. Makes one, so it also finds out whether
 * that can be done.
 *
 * @param exists tells whether there is a file; for tests.
 */
export async function isCaseInsensitive(
  directory: string,
  exists: (file: string) => Promise<boolean> = fileExists,
): Promise<boolean> {
  const name = `.Lading-probe-${randomUUID()}`;
  const file = join(directory, name);
  await writeFile(file, '');
  try {
    return await exists(join(directory, name.toLowerCase()));
  } finally {
    await rm(file, { force: true });
  }
}

async function fileExists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
