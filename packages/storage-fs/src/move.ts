import { dirname, join } from 'node:path';
import { StorageError } from '@lading/storage';
import { type Workshop, inDirectory } from './atomic-write.ts';
import { hasCode } from './fs-error.ts';
import type { Lock } from './lock.ts';

/**
 * Gives a file another name, on stable storage: first the new name, in the place of what had it, then the old one goes. Both are under
 * their locks meanwhile, taken in the order of their names, so that two moves across each other do not wait for each other.
 */
export async function move(
  workshop: Workshop,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { calls, directories, locks, root, staging } = workshop;
  const source = join(root, from);
  const target = join(root, to);
  const stat = await calls.stat(source);
  if (stat?.isFile() !== true) throw new StorageError('not-found', { operation: 'move', path: from });
  if (from === to) return;
  await staging.prepare();

  const rename = async (lockFrom: Lock, lockTo: Lock): Promise<void> => {
    const before = await calls.stat(target);
    // Renaming one link of a file to another does nothing at all.
    if (before?.ino !== stat.ino || before.dev !== stat.dev) await lockTo.publish(source, target);
    lockFrom.check();
    try {
      await calls.unlink(source);
    } catch (error) {
      // Without hard links it was renamed itself.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  };
  const hold = <T>(path: string, step: (lock: Lock) => Promise<T>): Promise<T> =>
    locks.hold(path, source, signal, step);

  await inDirectory(directories, dirname(target), () =>
    from < to
      ? hold(from, (lockFrom) => hold(to, (lockTo) => rename(lockFrom, lockTo)))
      : hold(to, (lockTo) => hold(from, (lockFrom) => rename(lockFrom, lockTo))),
  );
  await directories.settle(dirname(target));
  await directories.prune(dirname(source));
}
