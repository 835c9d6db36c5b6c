import type { Stats } from 'node:fs';
import type { Version } from '@lading/storage';
import type { FileCalls } from './file-calls.ts';

/**
 * The mark of a file's bytes. Files are never changed in place, so a file's number tells them apart, until the file system gives
 * that number to another file: then the time does, which {@link stamp} makes different.
 */
export function versionOf(stat: Stats): Version {
  return `${stat.ino}-${stat.mtimeMs}-${stat.size}`;
}

/** The coarsest clock of a file system (FAT) ticks every two seconds. */
const restful = 3000;

/**
 * The mark of a directory's names, once it has rested for longer than any clock's tick: then its time tells of every further change.
 * `undefined` before.
 *
 * @param now milliseconds since 1970.
 */
export function directoryVersionOf(stat: Stats, now: number): Version | undefined {
  if (Math.abs(now - Math.max(stat.mtimeMs, stat.ctimeMs)) < restful) return undefined;
  return `${stat.ino}-${stat.mtimeMs}-${stat.ctimeMs}`;
}

/**
 * Gives a new file a time of its own. The clock of a file system ticks every few milliseconds only, and a deleted file's number is
 * given away at once: two files of one name, size and number could follow each other within a tick.
 */
export async function stamp(calls: FileCalls, fd: number): Promise<Stats> {
  await calls.touch(fd, Date.now() + Math.random());
  return calls.statOf(fd);
}

/** Fractions of a millisecond are lost by some runtimes, and those of a second by some file systems. */
const steps: readonly number[] = [0.001, 1, 1000, 2000];

/** Makes a file later than the one that it is about to replace, so that no version ever comes back under one name. */
export async function stampAfter(calls: FileCalls, fd: number, stat: Stats, before: Stats): Promise<Stats> {
  let later = stat;
  for (const step of steps) {
    if (later.mtimeMs > before.mtimeMs) return later;
    await calls.touch(fd, before.mtimeMs + step);
    later = await calls.statOf(fd);
  }
  return later;
}
