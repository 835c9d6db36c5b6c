import type { Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { StorageError, type Version } from '@lading/storage';
import type { Directories } from './directory-sync.ts';
import type { FileCalls } from './file-calls.ts';
import { hasCode } from './fs-error.ts';
import { type Locks, isLinkRefusal } from './lock.ts';
import type { Staging } from './staging.ts';
import { stamp, stampAfter, versionOf } from './version.ts';

export interface AtomicWriteOptions {
  readonly operation: string;
  readonly ifAbsent?: boolean | undefined;
  readonly ifVersion?: Version | undefined;
  readonly confidential?: boolean | undefined;
  readonly stable?: 'name' | 'bytes' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The parts of the driver that a write goes through. */
export interface Workshop {
  readonly root: string;
  readonly calls: FileCalls;
  readonly staging: Staging;
  readonly directories: Directories;
  readonly locks: Locks;
}

/** A file that has no name yet but the one in the staging directory. */
interface Draft {
  readonly file: string;
  readonly fd: number;
  readonly stat: Stats;
}

/** How often a name may be taken from under us, by directories that are removed as we use them, before we say so. */
const attempts = 50;

/**
 * Stores a file under a path, whole or not at all: fills it in the staging directory, brings its bytes to stable storage, gives it its
 * name, and brings that to stable storage.
 *
 * @param fill writes the bytes into the open file.
 */
export async function atomicWrite(
  workshop: Workshop,
  path: string,
  fill: (fd: number) => Promise<void>,
  options: AtomicWriteOptions,
): Promise<Version> {
  const { calls, directories, root } = workshop;
  const file = workshop.staging.unique();
  const fd = await open(workshop, file, options.confidential === true ? 0o600 : 0o666);
  let version: Version;
  try {
    await fill(fd);
    const stat = await stamp(calls, fd);
    await calls.syncData(fd);
    options.signal?.throwIfAborted();
    version = await publish(workshop, { file, fd, stat }, path, options);
  } finally {
    await calls.close(fd);
    await remove(calls, file);
  }
  if (options.stable !== 'bytes') await directories.settle(dirname(join(root, path)));
  return version;
}

async function open({ calls, staging }: Workshop, file: string, mode: number): Promise<number> {
  await staging.prepare();
  try {
    return await calls.open(file, 'wx', mode);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    // Somebody tidied up the whole directory.
    await calls.makeDirectory(staging.directory);
    return calls.open(file, 'wx', mode);
  }
}

/** Gives a draft its name. Directories on the way may be removed by others, being empty, until the very last moment. */
async function publish(
  workshop: Workshop,
  draft: Draft,
  path: string,
  options: AtomicWriteOptions,
): Promise<Version> {
  const { calls, directories, locks, root } = workshop;
  const target = join(root, path);
  const refusal = (kind: 'exists' | 'changed'): StorageError =>
    new StorageError(kind, { operation: options.operation, path });

  const createUnderLock = (): Promise<Version> =>
    locks.hold(path, draft.file, options.signal, async (lock) => {
      if ((await calls.stat(target))?.isDirectory() === false) throw refusal('exists');
      await lock.publish(draft.file, target);
      return versionOf(draft.stat);
    });

  const create = async (): Promise<Version> => {
    try {
      // No lock: a link is exclusive by itself, and nobody replaces what is not there.
      await calls.link(draft.file, target);
      return versionOf(draft.stat);
    } catch (error) {
      if (isLinkRefusal(error)) return createUnderLock();
      if (!hasCode(error, 'EEXIST')) throw error;
      if ((await calls.stat(target))?.isDirectory() === true && (await directories.remove(target)))
        return create();
      throw refusal('exists');
    }
  };

  const replace = (): Promise<Version> =>
    locks.hold(path, draft.file, options.signal, async (lock) => {
      const before = await calls.stat(target);
      if (
        options.ifVersion !== undefined &&
        (before === undefined || versionOf(before) !== options.ifVersion)
      ) {
        throw refusal('changed');
      }
      const stat = before === undefined ? draft.stat : await stampAfter(calls, draft.fd, draft.stat, before);
      await lock.publish(draft.file, target);
      return versionOf(stat);
    });

  return inPlace(directories, target, options.ifAbsent === true ? create : replace);
}

/**
 * Gives something the name of a file: in a directory that is made for it, again if that was removed just then; and in the place of an
 * empty directory, which is nothing to this storage.
 */
export async function inPlace<T>(
  directories: Directories,
  target: string,
  run: () => Promise<T>,
): Promise<T> {
  const directory = dirname(target);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await directories.make(directory);
      return await run();
    } catch (error) {
      if (attempt === attempts) throw error;
      if (hasCode(error, 'ENOENT')) directories.forget(directory);
      else if (!hasCode(error, 'EISDIR') || !(await directories.remove(target))) throw error;
    }
  }
}

async function remove(calls: FileCalls, file: string): Promise<void> {
  try {
    await calls.unlink(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
