/** The resident memory of a process, in bytes, from `/proc`. */
import { readFileSync } from 'node:fs';

export interface ProcessMemory {
  readonly now: number;
  /** The most it ever was. */
  readonly peak: number;
}

export function processMemory(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const field = (name: string): number => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    if (kibibytes === undefined) throw new Error(`Cannot read the memory of process ${pid}: no ${name}`);
    return Number(kibibytes) * 1024;
  };
  return { now: field('VmRSS'), peak: field('VmHWM') };
}
