import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Directories } from './directory-sync.ts';
import type { FileCalls, Soon } from './file-calls.ts';
import { hasCode } from './fs-error.ts';

/** A name that no path of the storage contract can have, so what lies in it can be neither addressed nor listed. */
export const stagingName = '~staging';

/** Files that nobody has written to for so long were left by a process that died: milliseconds. */
const staleAge = 60 * 60 * 1000;

/**
 * The directory below the root, thus on its file system, that holds what has no name yet: files being written, and locks.
 */
export interface Staging {
  readonly directory: string;
  /** A path in it that nobody else uses. */
  readonly unique: () => string;
  /** Makes the directory, and removes what dead processes left in it; once. To be called before anything is put there. */
  readonly prepare: () => Promise<void>;
}

export function createStaging(
  calls: FileCalls,
  root: string,
  directories: Directories,
  now: () => number,
): Staging {
  const directory = join(root, stagingName);
  const owner = randomUUID();
  let count = 0;
  let prepared: Promise<void> | undefined;

  const prepare = async (): Promise<void> => {
    await directories.make(directory);
    await sweep(calls, directory, now() - staleAge);
  };

  return {
    directory,
    unique() {
      count += 1;
      return join(directory, `${owner}-${count}`);
    },
    prepare() {
      prepared ??= prepare().catch((error: unknown) => {
        prepared = undefined;
        throw error;
      });
      return prepared;
    },
  };
}

async function sweep(calls: FileCalls, directory: string, before: number): Promise<void> {
  const entries = await calls.openDirectory(directory, 256);
  const next = (): Soon<Dirent | null> => calls.readDirectory(entries);
  try {
    for (let entry = await next(); entry !== null; entry = await next()) {
      const path = join(directory, entry.name);
      const stat = await calls.stat(path);
      if (stat === undefined || stat.mtimeMs >= before) continue;
      try {
        await calls.unlink(path);
      } catch (error) {
        // Another process that starts now sweeps too.
        if (!hasCode(error, 'ENOENT')) throw error;
      }
    }
  } finally {
    await calls.closeDirectory(entries);
  }
}
