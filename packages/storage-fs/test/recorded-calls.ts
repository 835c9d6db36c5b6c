import { relative } from 'node:path';
import { type FileCalls, localCalls } from '../src/file-calls.ts';

export interface Recorded {
  readonly calls: FileCalls;
  /** What was done, such as `rename a -> b` or `synced a`, with paths relative to the root; `.` is the root. */
  readonly events: string[];
}

/** The real calls, and what they were, in their order. Names made up in the staging directory are told as `draft`. */
export function recordedCalls(root: string): Recorded {
  const events: string[] = [];
  const open = new Map<number, string>();
  const name = (path: string): string =>
    (relative(root, path) || '.')
      .replace(/~staging\/[0-9a-f-]{36}-\d+/, 'draft')
      .replace(/~staging\/lock.*/, 'lock');
  const nameOf = (fd: number): string => open.get(fd) ?? 'unknown';

  const calls: FileCalls = {
    ...localCalls,
    async open(path, flags, mode) {
      const fd = await localCalls.open(path, flags, mode);
      open.set(fd, name(path));
      return fd;
    },
    async writeFew(fd, chunks, position) {
      const count = await localCalls.writeFew(fd, chunks, position);
      events.push(`write ${nameOf(fd)}`);
      return count;
    },
    async writeMany(fd, chunks, position) {
      const count = await localCalls.writeMany(fd, chunks, position);
      events.push(`write ${nameOf(fd)}`);
      return count;
    },
    async syncData(fd) {
      events.push(`sync ${nameOf(fd)}`);
      await localCalls.syncData(fd);
      events.push(`synced ${nameOf(fd)}`);
    },
    async sync(fd) {
      events.push(`sync ${nameOf(fd)}`);
      await localCalls.sync(fd);
      events.push(`synced ${nameOf(fd)}`);
    },
    async link(from, to) {
      await localCalls.link(from, to);
      events.push(`link ${name(from)} -> ${name(to)}`);
    },
    async rename(from, to) {
      await localCalls.rename(from, to);
      events.push(`rename ${name(from)} -> ${name(to)}`);
    },
  };
  return { calls, events };
}
