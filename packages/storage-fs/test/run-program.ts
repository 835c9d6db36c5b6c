import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** The command that runs one of the programs beside the tests, on the runtime that runs the tests. */
export function commandOf(program: string, ...args: readonly string[]): readonly [string, ...string[]] {
  const file = join(import.meta.dirname, 'programs', program);
  const run = 'Deno' in globalThis ? ['run', '--allow-all', '--no-lock'] : [];
  return [process.execPath, ...run, file, ...args];
}

export function startProgram(
  [command, ...args]: readonly [string, ...string[]],
  options: SpawnOptions = {},
): ChildProcess {
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
}

/** Runs a program to its end, and gives what it printed. */
export async function outputOf(
  command: readonly [string, ...string[]],
  options: SpawnOptions = {},
): Promise<string> {
  const child = startProgram(command, options);
  const [output, exit] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    once(child, 'exit'),
  ]);
  const [code, signal] = exit as [number | null, string | null];
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code ?? signal}: ${output}`);
  return output;
}
