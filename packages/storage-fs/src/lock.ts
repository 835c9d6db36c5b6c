import { createHash } from 'node:crypto';
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
 * Its owner may die, so a lock expires: who has seen the same one for `timeout` by its own clock moves it away. An owner that was only
 * slow finds this out: publishing *is* renaming the lock, and other changes look at the time they took so far.
 */
export function createLocks(calls: FileCalls, staging: Staging, { timeout, now }: LockOptions): Locks {
  const mutex = createMutex();

  /** Makes the lock file, exclusively; tells whether it is a link to the file. */
  const make = async (lock: string, file: string): Promise<boolean> => {
    try {
      await calls.link(file, lock);
      return true;
    } catch (error) {
      if (!isLinkRefusal(error)) throw error;
      await calls.close(await calls.open(lock, 'wx'));
      return false;
    }
  };

  const acquire = async (lock: string, file: string, signal: AbortSignal | undefined): Promise<boolean> => {
    let seen: string | undefined;
    let since = 0;
    for (let pause = 1; ; pause = Math.min(pause * 2, 32)) {
      try {
        return await make(lock, file);
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
      }
      const stat = await calls.stat(lock);
      const mark = stat === undefined ? undefined : `${stat.ino}-${stat.ctimeMs}`;
      if (mark !== seen) {
        seen = mark;
        since = now();
      } else if (mark !== undefined && now() - since > timeout) {
        await takeAway(lock);
        continue;
      }
      await setTimeout(
        pause * (0.5 + Math.random()),
        undefined,
        signal === undefined ? {} : { signal },
      ).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      });
    }
  };

  const takeAway = async (lock: string): Promise<void> => {
    const away = staging.unique();
    try {
      // By another name first: if it was a new lock by now, its owner notices.
      await calls.rename(lock, away);
      await calls.unlink(away);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
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
        const linked = await acquire(lock, file, signal);
        const since = now();
        let published = false;
        const check = (): void => {
          if (now() - since > timeout / 2) throw new Error('the lock on it was held for too long');
        };
        const publish = async (from: string, target: string): Promise<void> => {
          if (!linked) check();
          await calls.rename(linked ? lock : from, target);
          published = linked;
        };
        try {
          return await step({ publish, check });
        } finally {
          if (!published) await release(lock);
        }
      }),
  };
}

/** A name for a path that no other path has, and that cannot be mistaken for a file being written. */
function lockName(path: string): string {
  const name = path.replaceAll('/', '~');
  return name.length <= 200 ? `lock${name}` : `lock-${createHash('sha256').update(path).digest('hex')}`;
}
