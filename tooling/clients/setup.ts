/** What every test of a client needs: the registry, the client's program, and a place for its files. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after } from 'node:test';
import { httpClient } from '../peers/http-client.ts';
import type { HttpClient } from '../peers/http-client.ts';
import { findProgram } from '../peers/programs.ts';
import type { ProgramName } from '../peers/programs.ts';
import { startRegistry, toRegistryKind } from '../peers/registries.ts';
import type { Server } from '../peers/server.ts';
import { temporaryDirectory } from '../peers/temporary.ts';
import { contentOf } from './layouts.ts';

/** Why a test cannot run: which programs are missing and how to get them; `false` when all are there. */
export function missing(...names: readonly ProgramName[]): string | false {
  const reasons = names.flatMap((name) => {
    const lookup = findProgram(name);
    return lookup.kind === 'found' ? [] : [`${lookup.reason} — install: ${lookup.install}`];
  });
  return reasons.length > 0 && reasons.join('; ');
}

/** Ours, unless these tests themselves are to be tried on the peer. */
const kind = toRegistryKind(process.env['LADING_STAND_IN'] ?? 'lading');

/** What the tests of one file share; gone when the file is done. */
export interface Bench {
  /** The registry, started by the first test that asks. */
  readonly registry: () => Promise<Server>;
  /** Plain requests to it. */
  readonly client: () => Promise<HttpClient>;
  /** A new path for a client's files; nothing is there yet. */
  readonly place: (name: string) => Promise<string>;
}

/** Call it once, at the top of a test file. */
export function bench(): Bench {
  const started: (() => Promise<void> | void)[] = [];
  after(async () => {
    for (const end of started.reverse()) await end();
  });
  const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
    let made: Promise<T> | undefined;
    return () => (made ??= make());
  };

  const directory = once(async () => {
    const made = await temporaryDirectory('clients');
    started.push(made.remove);
    return made.path;
  });
  const registry = once(async () => {
    const server = await startRegistry(kind, { root: join(await directory(), 'data') });
    started.push(() => server.stop());
    return server;
  });
  const client = once(async () => {
    const made = httpClient((await registry()).origin);
    started.push(made.close);
    return made;
  });
  let places = 0;
  return { registry, client, place: async (name) => join(await directory(), `${name}-${places++}`) };
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a client; rejects with the whole command and what it said. */
export function run(
  program: ProgramName,
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
    readonly cwd?: string;
  } = {},
): Promise<Output> {
  const lookup = findProgram(program);
  if (lookup.kind === 'missing') return Promise.reject(new Error(lookup.reason));
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...options.env };
    const child = execFile(
      lookup.path,
      args,
      { env, cwd: options.cwd, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error }));
        else resolve({ stdout, stderr });
      },
    );
    // A client that does not read its input may be gone before it is written.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });
}

/** Both layouts hold the same below their references: the same digests, and under each the same bytes. */
export async function assertSameContent(
  [pushed, pushedReference]: readonly [string, string],
  [pulled, pulledReference]: readonly [string, string],
): Promise<void> {
  const expected = await contentOf(pushed, pushedReference);
  const found = await contentOf(pulled, pulledReference);
  assert.deepEqual([...found.keys()], [...expected.keys()]);
  for (const [digest, bytes] of expected)
    assert.ok(found.get(digest)?.equals(bytes), `${digest} has other bytes`);
}

/** The lines of a client's output that are not empty, sorted. */
export function lines({ stdout }: Output): string[] {
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .sort();
}
