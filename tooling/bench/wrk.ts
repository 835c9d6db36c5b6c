/** Load from `wrk`: one thread, sixteen connections, the same request again and again. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { acceptAll } from '../peers/push.ts';
import { requireProgram } from '../peers/programs.ts';

export interface Load {
  readonly method: 'GET' | 'HEAD';
  readonly url: string;
  readonly seconds: number;
  readonly connections?: number;
}

/** Requests a second. Rejects when an answer was an error: those are quick, and count for nothing. */
export async function requestRate({ method, url, seconds, connections = 16 }: Load): Promise<number> {
  const script = join(import.meta.dirname, 'load.lua');
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, '-H', `Accept: ${acceptAll}`, url];
  const env = { PATH: process.env['PATH'], METHOD: method };
  const { stdout } = await promisify(execFile)(requireProgram('wrk'), args, { env });
  const [, report = ''] = stdout.split('REPORT ');
  const { requests, microseconds, errors } = JSON.parse(report) as Record<string, number>;
  if (requests === undefined || microseconds === undefined || errors !== 0) {
    throw new Error(`Cannot measure ${method} ${url}: ${report.trim()}`);
  }
  return requests / (microseconds / 1e6);
}
