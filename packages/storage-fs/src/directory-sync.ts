import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { FileCalls } from './file-calls.ts';
import { hasCode } from './fs-error.ts';

/** Directories remembered as being there and synced; each costs some hundred bytes. */
const limit = 10_000;

/** The identity of a directory that is not there. */
const gone = '';

/** Makes directories on demand, brings their names to stable storage, and removes them when they have become empty. */
export interface Directories {
  /** Makes a directory and those above it. Cheap when it was there a moment ago. */
  readonly make: (directory: string) => Promise<void>;
  /** To be called when a directory was expected to be there, and was not. */
  readonly forget: (directory: string) => void;
  /**
   * Waits until the names in a directory are on stable storage, and its own name, and those above, up to one that is known to be.
   */
  readonly settle: (directory: string) => Promise<void>;
  /** Removes a directory if it is empty; tells whether it is gone. */
  readonly remove: (directory: string) => Promise<boolean>;
  /** Removes a directory and those above it as long as they are empty, never the root. */
  readonly prune: (directory: string) => Promise<void>;
}

export function createDirectories(calls: FileCalls, root: string): Directories {
  /** Which directory had its own name synced, by its identity: another one of the same name has not. */
  const settled = new Map<string, string>();
  const sync = createDirectorySync(calls, root);
  let top: Promise<string> | undefined;

  const remember = (directory: string, identity: string): void => {
    if (identity === gone) return;
    settled.delete(directory);
    settled.set(directory, identity);
    if (settled.size <= limit) return;
    for (const oldest of settled.keys()) {
      settled.delete(oldest);
      break;
    }
  };

  /** The directory up to which names are ours to sync: the one in which the root is, or the first directory that was made for it. */
  const makeRoot = (): Promise<string> => {
    top ??= (async () => {
      const first = await calls.makeDirectory(root);
      // Whoever made the root, may have made it a moment ago.
      return dirname(first ?? root);
    })().catch((error: unknown) => {
      top = undefined;
      throw error;
    });
    return top;
  };

  const settle = async (directory: string): Promise<void> => {
    const above = directory === (await makeRoot()) ? undefined : dirname(directory);
    if (above === undefined) {
      await sync(directory);
      return;
    }
    if (!settled.has(directory)) {
      // Not one after the other: until all of them are synced nobody is told anything.
      const [identity] = await Promise.all([sync(directory), settle(above)]);
      remember(directory, identity);
      return;
    }
    const identity = await sync(directory);
    if (settled.get(directory) === identity) return;
    await settle(above);
    remember(directory, identity);
  };

  const remove = async (directory: string): Promise<boolean> => {
    try {
      await calls.removeDirectory(directory);
      settled.delete(directory);
      return true;
    } catch {
      // Not empty, not ours to remove, or a link that an operator set: either way it stays.
      return false;
    }
  };

  return {
    async make(directory) {
      await makeRoot();
      if (!settled.has(directory)) await calls.makeDirectory(directory);
    },
    forget(directory) {
      settled.delete(directory);
    },
    settle,
    remove,
    async prune(directory) {
      for (let at = directory; at.length > root.length; at = dirname(at)) {
        // Most file systems count the directories in a directory as links to it: a look at the count spares the attempt.
        if (((await calls.stat(at))?.nlink ?? 0) > 2 || !(await remove(at))) return;
      }
    },
  };
}

/** Syncs a directory and tells its identity. Calls that come while a sync is under way share the next one, as they may be too late for this. */
function createDirectorySync(calls: FileCalls, root: string): (directory: string) => Promise<string> {
  interface Turn {
    readonly running: Promise<string>;
    next?: Promise<string>;
  }
  const turns = new Map<string, Turn>();

  const sync = async (directory: string): Promise<string> => {
    let fd: number;
    try {
      fd = await calls.open(directory, 'r');
    } catch (error) {
      // Only an empty directory is removed, so what this call put there was deleted again meanwhile.
      if (hasCode(error, 'ENOENT')) return gone;
      // What lies above the root need not be ours to read.
      if (directory.length < root.length && hasCode(error, 'EACCES', 'EPERM')) return 'unknown';
      throw error;
    }
    try {
      const stat = await calls.statOf(fd);
      await calls.sync(fd);
      return identityOf(stat);
    } catch (error) {
      // File systems that cannot sync a directory keep its names by other means, or not at all.
      if (hasCode(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EBADF')) return 'unknown';
      throw error;
    } finally {
      await calls.close(fd);
    }
  };

  const start = (directory: string): Promise<string> => {
    const turn: Turn = {
      running: sync(directory).finally(() => {
        if (turns.get(directory) === turn && turn.next === undefined) turns.delete(directory);
      }),
    };
    turns.set(directory, turn);
    return turn.running;
  };

  return (directory) => {
    const turn = turns.get(directory);
    if (turn === undefined) return start(directory);
    turn.next ??= turn.running.then(
      () => start(directory),
      () => start(directory),
    );
    return turn.next;
  };
}

function identityOf(stat: Stats): string {
  return `${stat.ino}-${stat.birthtimeMs}`;
}
