import type { Dir, Dirent } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Entry, isPath } from '@lading/storage';
import type { FileCalls } from './file-calls.ts';
import { hasCode } from './fs-error.ts';

/** So many names are fetched from the system at a time, and held for each directory on the way down. */
const batch = 512;

interface Level {
  readonly directory: Dir;
  readonly path: string;
  /** Name of the directory, relative to where the walk began, with a slash at its end. */
  readonly prefix: string;
}

/**
 * What lies in a directory, or every file below it, as it is found. Names that no path can have are not told; links are followed.
 *
 * @param top the path of the directory in the file system.
 * @param path its path in the storage.
 */
export async function* directoryWalk(
  calls: FileCalls,
  top: string,
  path: string,
  recursive: boolean,
): AsyncGenerator<Entry, void, undefined> {
  const levels: Level[] = [];
  const descend = async (prefix: string): Promise<void> => {
    const at = join(top, prefix);
    try {
      levels.push({ directory: await calls.openDirectory(at, batch), path: at, prefix });
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    }
  };
  const above = path === '/' ? '/' : `${path}/`;

  await descend('');
  let count = 0;
  try {
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      count += 1;
      // A directory of a million names must not stop the process.
      if (count % batch === 0) await setImmediate();
      const found = await calls.readDirectory(level.directory);
      if (found === null) {
        levels.pop();
        await calls.closeDirectory(level.directory);
        continue;
      }
      const name = level.prefix + found.name;
      if (!isPath(above + name)) continue;
      const kind = await kindOf(calls, join(level.path, found.name), found);
      if (kind === 'directory' && recursive) await descend(`${name}/`);
      else if (kind !== undefined) yield { name, kind };
    }
  } finally {
    for (const { directory } of levels) await calls.closeDirectory(directory);
  }
}

async function kindOf(calls: FileCalls, path: string, entry: Dirent): Promise<Entry['kind'] | undefined> {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  if (!entry.isSymbolicLink()) return undefined;
  const stat = await calls.stat(path);
  if (stat?.isFile() === true) return 'file';
  return stat?.isDirectory() === true ? 'directory' : undefined;
}
