import type { Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { StorageError } from '@lading/storage';
import { type Workshop, inPlace } from './atomic-write.ts';
import type { Lock } from './lock.ts';

/**
 * Gives a file another name, in the place of what had it, on stable storage. Both names are under their locks meanwhile, taken in their
 * order, so that two moves across each other do not wait for each other.
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
  const find = async (): Promise<Stats> => {
    const stat = await calls.stat(source);
    if (stat?.isFile() === true) return stat;
    throw new StorageError('not-found', { operation: 'move', path: from });
  };

  await find();
  if (from === to) return;
  await staging.prepare();

  const rename = async (lockFrom: Lock, lockTo: Lock): Promise<void> => {
    const stat = await find();
    const before = await calls.stat(target);
    lockFrom.check();
    lockTo.check();
    await calls.rename(source, target);
    // Renaming one link of a file to another does nothing at all.
    if (before?.ino === stat.ino && before.dev === stat.dev) await calls.unlink(source);
  };
  const hold = <T>(path: string, step: (lock: Lock) => Promise<T>): Promise<T> =>
    locks.hold(path, source, signal, step);

  await inPlace(directories, target, async () => {
    await find();
    await (from < to
      ? hold(from, (lockFrom) => hold(to, (lockTo) => rename(lockFrom, lockTo)))
      : hold(to, (lockTo) => hold(from, (lockFrom) => rename(lockFrom, lockTo))));
  });
  await Promise.all([directories.settle(dirname(target)), directories.prune(dirname(source))]);
}
