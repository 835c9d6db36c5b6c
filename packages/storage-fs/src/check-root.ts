import { basename, join, resolve } from 'node:path';
import { createDirectories } from './directory-sync.ts';
import { localCalls } from './file-calls.ts';
import { isLinkRefusal } from './lock.ts';
import { createStaging } from './staging.ts';

/** What a directory is good for. */
export type RootReport =
  | {
      readonly kind: 'writable';
      /** Whether `latest` and `Latest` are two files. If not, tags and repositories that differ only in that are one. */
      readonly caseSensitive: boolean;
      /** Whether a file can have several names. If not, `ifAbsent` and locks cost a little more, and are as safe. */
      readonly hardLinks: boolean;
    }
  | { readonly kind: 'unwritable'; readonly cause: unknown };

/**
 * Tries out a root before anything is stored in it: makes it if it is not there, on stable storage, and files in its staging directory,
 * which are removed again. For the one who starts the program, to say early what would show late.
 */
export async function checkRoot(path: string): Promise<RootReport> {
  const calls = localCalls;
  const root = resolve(path);
  const directories = createDirectories(calls, root);
  const staging = createStaging(calls, root, directories, Date.now);
  try {
    await staging.prepare();
    await directories.settle(root);
    const file = staging.unique();
    await calls.close(await calls.open(file, 'wx'));
    try {
      const otherCase = join(staging.directory, basename(file).toUpperCase());
      const caseSensitive = (await calls.stat(otherCase)) === undefined;
      return { kind: 'writable', caseSensitive, hardLinks: await canLink(file, staging.unique()) };
    } finally {
      await calls.unlink(file);
    }
  } catch (cause) {
    return { kind: 'unwritable', cause };
  }
}

async function canLink(from: string, to: string): Promise<boolean> {
  try {
    await localCalls.link(from, to);
  } catch (error) {
    if (isLinkRefusal(error)) return false;
    throw error;
  }
  await localCalls.unlink(to);
  return true;
}
