import { dirname, join } from 'node:path';
import { isPath } from '@lading/storage';
import type { Workshop } from './atomic-write.ts';
import { hasCode } from './fs-error.ts';

/** Removes a file, or a directory with all that lies below it, and the directories above that this leaves empty. */
export async function remove(
  workshop: Workshop,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { calls, directories, root, staging } = workshop;
  const target = join(root, path);
  const stat = await calls.stat(target);
  if (stat === undefined) return;
  await staging.prepare().catch((error: unknown) => {
    // A full disk must not keep anybody from making room.
    if (!isFull(error)) throw error;
  });
  if (stat.isDirectory()) await removeTree(workshop, path, signal);
  else await removeFile(workshop, path, signal);
  await directories.prune(dirname(target));
}

function isFull(error: unknown): boolean {
  return hasCode(error, 'ENOSPC', 'EDQUOT');
}

/** Removes a file under its lock: who compares and swaps it right now must not bring it back. */
async function removeFile(
  { calls, locks, root }: Workshop,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const target = join(root, path);
  try {
    await locks.hold(path, target, signal, async (lock) => {
      lock.check();
      await calls.unlink(target);
    });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    // There is no room for a lock; but neither is there for anything that somebody could put there now.
    if (!isFull(error)) throw error;
    await calls.unlink(target);
  }
}

async function removeTree(workshop: Workshop, path: string, signal: AbortSignal | undefined): Promise<void> {
  const { calls, directories, root } = workshop;
  const target = join(root, path);
  const entries = await calls.openDirectory(target, 256);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const entry = await calls.readDirectory(entries);
      if (entry === null) break;
      const below = `${path}/${entry.name}`;
      if (entry.isDirectory()) await removeTree(workshop, below, signal);
      else if (isPath(below)) await removeFile(workshop, below, signal);
      else await calls.unlink(join(root, below));
    }
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  } finally {
    await calls.closeDirectory(entries);
  }
  await directories.remove(target);
}
