import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const main = join(import.meta.dirname, '../src/main.ts');

/** The end of a program. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: a temporary directory. */
  readonly directory?: string;
}

/** Runs the program to its end. */
export async function runProgram(t: TestContext, options: ProgramOptions = {}): Promise<Ended> {
  return ended(await spawnProgram(t, options));
}

/** A registry in a process of its own. */
export interface Serving {
  readonly url: string;
  readonly process: ChildProcess;
  /** Lines of its log so far. */
  readonly lines: () => readonly LogLine[];
  /** Waits for a line; rejects after ten seconds. */
  readonly line: (wanted: (line: LogLine) => boolean) => Promise<LogLine>;
  /** Resolves when the process is over. */
  readonly ended: Promise<Ended>;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

/** Starts the registry on a free port of this machine, and ends it with the test. */
export async function serve(t: TestContext, options: ProgramOptions = {}): Promise<Serving> {
  const environment = { REGISTRY_HTTP_ADDR: '127.0.0.1:0', ...options.environment };
  const child = await spawnProgram(t, { ...options, environment });
  const end = ended(child);
  let output = '';
  child.stdout?.on('data', (chunk: string) => (output += chunk));
  const lines = (): LogLine[] =>
    output
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as LogLine);
  const line = async (wanted: (line: LogLine) => boolean): Promise<LogLine> => {
    const found = await eventually(
      () => lines().find(wanted),
      () => output,
    );
    return found;
  };
  const over = end.then(({ stdout, stderr }) => {
    throw new Error(`The registry ended before it answered:\n${stdout}${stderr}`);
  });
  over.catch(() => undefined);
  const { message } = await Promise.race([line((each) => each.message.startsWith('listening on ')), over]);
  return { url: message.slice('listening on '.length), process: child, lines, line, ended: end };
}

/** A directory that goes with the test. */
export async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lading-registry-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes a configuration into a directory and tells its name. */
export async function writeConfiguration(directory: string, text: string): Promise<string> {
  const file = join(directory, 'config.yml');
  await writeFile(file, text);
  return file;
}

/** Tries until there is something; rejects after ten seconds. */
export async function eventually<T>(
  attempt: () => T | undefined | Promise<T | undefined>,
  describe: () => string = () => '',
): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = await attempt();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`It did not happen within ten seconds\n${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function spawnProgram(
  t: TestContext,
  { args = [], environment = {}, directory }: ProgramOptions,
): Promise<ChildProcess> {
  const cwd = directory ?? (await temporaryDirectory(t));
  const own = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('REGISTRY_') && name !== 'FORCE_COLOR',
  );
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { ...Object.fromEntries(own), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

async function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: string) => (stdout += chunk));
  child.stderr?.on('data', (chunk: string) => (stderr += chunk));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}
