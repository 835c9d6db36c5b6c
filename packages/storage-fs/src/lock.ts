import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { FileCalls } from './file-calls.ts';
import { hasCode } from './fs-error.ts';
import { createMutex } from './mutex.ts';
import type { Staging } from './staging.ts';

/** A path that nobody else, in any process, changes meanwhile. */
export interface Lock {
  /**
   * Gives a file the name that the lock is on, in the place of what had it. Where the lock is a link to that file this is the lock's
   * own renaming: it fails with `ENOENT` if the lock was taken away, so nothing is overwritten that came after.
   *
   * @param file the path of the file that the lock was made with; it may or may not keep that path.
   */
  readonly publish: (file: string, target: string) => Promise<void>;
  /** To be asked right before a change that does not go through {@link Lock.publish}: fails where the lock may have been taken away. */
  readonly check: () => void;
}

export interface Locks {
  /**
   * Runs a step while holding the lock on a path.
   *
   * @param file an existing file to make the lock of: what is to be published, moved or removed.
   * @throws `ENOENT` when the file is not there.
   */
  readonly hold: <T>(
    path: string,
    file: string,
    signal: AbortSignal | undefined,
    step: (lock: Lock) => Promise<T>,
  ) => Promise<T>;
}

export interface LockOptions {
  /** A lock that was the same for so long has lost its owner and is taken away: milliseconds. */
  readonly timeout: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** What a link says where hard links cannot be made, or not of this file. */
const noLinks: readonly string[] = [
  'EPERM',
  'EACCES',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EINVAL',
  'EXDEV',
];

export function isLinkRefusal(error: unknown): boolean {
  return hasCode(error, ...noLinks);
}

/**
 * Locks on paths, between the calls of this process and with other processes on the same files. A lock is a file in the staging
 * directory, named after the path, made exclusively: a hard link to the file that is about to get that path (or, where there are no
 * hard links, an empty file). It is held for a handful of calls, never while bytes are written or synced.
 *
 * Its owner may die, so a lock expires: who has seen the same one for `timeout` by its own clock moves it away. An owner that only slept
 * finds this out: publishing *is* renaming the lock, and other changes look first at how long they have had it.
 */
export function createLocks(calls: FileCalls, staging: Staging, { timeout, now }: LockOptions): Locks {
  const mutex = createMutex();

  /** Makes the lock file, exclusively; tells whether it is a link to the file. */
  const make = async (lock: string, file: string, again = true): Promise<boolean> => {
    try {
      await calls.link(file, lock);
      return true;
    } catch (error) {
      if (again && hasCode(error, 'ENOENT')) {
        // It is the file that is missing, unless somebody has tidied up the staging directory.
        await calls.makeDirectory(staging.directory);
        return make(lock, file, false);
      }
      if (!isLinkRefusal(error)) throw error;
      await calls.close(await calls.open(lock, 'wx'));
      return false;
    }
  };

  const acquire = async (lock: string, file: string, signal: AbortSignal | undefined): Promise<HeldLock> => {
    let seen: SeenLock = { ino: undefined, mark: '', since: now() };
    for (let pause = 1; ; pause = Math.min(pause * 2, 32)) {
      try {
        // Its time begins before it is there: who falls asleep in between must not think that it is young.
        const since = now();
        return { linked: await make(lock, file), since };
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
      }
      const stat = await calls.stat(lock);
      const mark = markOf(stat);
      if (mark !== seen.mark) seen = { ino: stat?.ino, mark, since: now() };
      else if (mark !== '' && now() - seen.since > timeout) await takeAway(lock, seen);
      await sleep(pause * (0.5 + Math.random()), signal);
    }
  };

  const takeAway = async (lock: string, { ino }: SeenLock): Promise<void> => {
    const away = staging.unique();
    try {
      await calls.rename(lock, away);
      // It may have been released, and another one made, since it was looked at.
      if ((await calls.stat(away))?.ino !== ino) await calls.link(away, lock);
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'EEXIST') && !isLinkRefusal(error)) throw error;
    }
    await release(away);
  };

  const release = async (lock: string): Promise<void> => {
    try {
      await calls.unlink(lock);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  };

  return {
    hold: (path, file, signal, step) =>
      mutex(path, async () => {
        const lock = join(staging.directory, lockName(path));
        const { linked, since } = await acquire(lock, file, signal);
        let published = false;
        const isOurs = (): boolean => now() - since < timeout / 2;
        const check = (): void => {
          if (!isOurs()) throw new Error('the lock on it was held for too long');
        };
        const publish = async (from: string, target: string): Promise<void> => {
          if (!linked) check();
          await calls.rename(linked ? lock : from, target);
          published = linked;
        };
        try {
          return await step({ publish, check });
        } finally {
          // One that may be another's by now is left to expire.
          if (!published && isOurs()) await release(lock);
        }
      }),
  };
}

interface HeldLock {
  /** Whether it is a link to the file that it was made with. */
  readonly linked: boolean;
  readonly since: number;
}

/** Somebody else's lock, and since when it is the same. */
interface SeenLock {
  readonly ino: number | undefined;
  readonly mark: string;
  readonly since: number;
}

/** Changes with the owner. */
function markOf(lock: Stats | undefined): string {
  return lock === undefined ? '' : `${lock.ino}-${lock.mtimeMs}-${lock.ctimeMs}`;
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** A name for a path that no other path has, and that cannot be mistaken for a file being written. */
function lockName(path: string): string {
  const name = path.replaceAll('/', '~');
  return name.length <= 200 ? `lock${name}` : `lock-${createHash('sha256').update(path).digest('hex')}`;
}
