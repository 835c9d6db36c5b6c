// Runs the same test files on the other runtimes: the oldest Node that `engines` allows, Deno, Bun.
//
//   node tooling/runtimes.ts                      all runtimes, all packages
//   node tooling/runtimes.ts deno bytes digest    Deno only, these packages only
//
// Which package runs where is stated in layers.json (`runsOn`); a single test file that cannot run on
// one of its package's runtimes is listed in `excludedFiles`, with the reason.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { layers, packages, sourceFiles } from './workspace.ts';
import type { Package } from './workspace.ts';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** Test files that are for fewer runtimes than their package, from the root. */
const excludedFiles: ReadonlyArray<{ file: string; runtime: string; reason: string }> = [];

interface Runtime {
  /** As it is called in layers.json. */
  readonly family: 'node' | 'deno' | 'bun';
  readonly command: (files: readonly string[]) => readonly string[];
  /** Where its report tells how many tests passed. */
  readonly passed: RegExp;
  /** Brings it onto this machine, where the workspace does not hold it already. */
  readonly prepare?: () => Promise<unknown>;
}

const node22 = join(root, 'node_modules/.cache/node22');

const runtimes: Readonly<Record<string, Runtime>> = {
  node22: {
    family: 'node',
    // tsx, because Node 22 knows neither `using` nor, in its first releases, types.
    command: (files) => [join(node22, 'node_modules/.bin/node'), '--import', 'tsx', '--test', ...files],
    passed: /^# pass (\d+)|^ℹ pass (\d+)/m,
    prepare: async () => {
      if (existsSync(join(node22, 'node_modules/.bin/node'))) return;
      await run('npm', [
        'install',
        '--prefix',
        node22,
        '--no-save',
        '--no-audit',
        '--no-fund',
        'node@22.23.3',
      ]);
    },
  },
  deno: {
    family: 'deno',
    // --no-check: the types are checked by `npm run check`. --no-lock: the lockfile is pnpm's.
    command: (files) => ['deno', 'test', '--allow-all', '--no-lock', '--no-check', ...files],
    passed: /(\d+) passed/,
  },
  bun: {
    family: 'bun',
    command: (files) => ['bun', 'test', '--timeout', '120000', ...files.map((file) => `./${file}`)],
    passed: /^ *(\d+) pass$/m,
  },
};

interface Outcome {
  readonly runtime: string;
  readonly name: string;
  readonly passed: number;
  readonly failure?: string;
  readonly seconds: number;
}

const wanted = process.argv.slice(2);
const wantedRuntimes = Object.entries(runtimes).filter(([name]) => wanted.includes(name));
const wantedPackages = packages(root).filter(({ name }) => wanted.includes(name));
const unknown = wanted.filter(
  (name) => !(name in runtimes) && !wantedPackages.some((pkg) => pkg.name === name),
);
if (unknown.length > 0) {
  console.error(
    `Cannot run on "${unknown.join(' ')}": neither a runtime (${Object.keys(runtimes).join(', ')}) nor a package`,
  );
  process.exit(2);
}

const before = manifests();
const outcomes: Outcome[] = [];
for (const [runtime, settings] of wantedRuntimes.length > 0 ? wantedRuntimes : Object.entries(runtimes)) {
  await settings.prepare?.();
  const waiting = packagesFor(settings, wantedPackages.length > 0 ? wantedPackages : packages(root));
  const work = async (): Promise<void> => {
    for (let pkg = waiting.shift(); pkg !== undefined; pkg = waiting.shift()) {
      const outcome = await testPackage(pkg, runtime, settings);
      if (outcome !== undefined) outcomes.push(report(outcome));
    }
  };
  await Promise.all([work(), work()]);
}
sumUp();

// Deno rewrites package.json when it takes the workspace for its own; nothing may have changed.
if (manifests() !== before) {
  console.error('A runtime has rewritten package.json or the lockfile: see `git diff`');
  process.exitCode = 1;
}

function packagesFor({ family }: Runtime, all: readonly Package[]): Package[] {
  const runsOn = new Map(layers(root).map((row) => [row.name, row.runsOn]));
  return all.filter(({ name }) => {
    const where = runsOn.get(name) ?? 'any';
    const runs = where === 'any' || where.split(', ').includes(family);
    if (!runs) console.log(`- ${family}: not ${name}, which runs on ${where}`);
    return runs;
  });
}

async function testPackage(pkg: Package, runtime: string, settings: Runtime): Promise<Outcome | undefined> {
  const files = sourceFiles(pkg, 'test')
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `${pkg.path}/${file}`)
    .filter((file) => {
      const excluded = excludedFiles.find((each) => each.file === file && each.runtime === runtime);
      if (excluded !== undefined) console.log(`- ${runtime}: not ${file}: ${excluded.reason}`);
      return excluded === undefined;
    });
  if (files.length === 0) return undefined;

  const [command = '', ...args] = settings.command(files);
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
  const start = performance.now();
  const { output, failed } = await run(command, args, { cwd: root, env, maxBuffer: 1 << 28 }).then(
    ({ stdout, stderr }) => ({ output: `${stdout}${stderr}`, failed: false }),
    (error: unknown) => {
      const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
      return { output: `${stdout}${stderr}` || message, failed: true };
    },
  );
  const [, ...counts] = settings.passed.exec(stripVTControlCharacters(output)) ?? [];
  const passed = Number(counts.find((count) => count !== undefined) ?? 0);
  const failure = failed || passed === 0 ? output : undefined;
  const seconds = (performance.now() - start) / 1000;
  return { runtime, name: pkg.name, passed, seconds, ...(failure === undefined ? {} : { failure }) };
}

function report(outcome: Outcome): Outcome {
  const { runtime, name, passed, failure, seconds } = outcome;
  console.log(
    `${failure === undefined ? '✔' : '✖'} ${runtime.padEnd(6)} ${name.padEnd(24)} ${passed} passed (${seconds.toFixed(1)} s)`,
  );
  return outcome;
}

function sumUp(): void {
  const failures = outcomes.filter(({ failure }) => failure !== undefined);
  for (const { runtime, name, failure } of failures) console.error(`\n── ${name} on ${runtime}\n${failure}`);
  console.log('');
  for (const runtime of new Set(outcomes.map((outcome) => outcome.runtime))) {
    const mine = outcomes.filter((outcome) => outcome.runtime === runtime);
    const failed = mine.filter(({ failure }) => failure !== undefined).length;
    const tests = mine.reduce((sum, { passed }) => sum + passed, 0);
    console.log(`${runtime}: ${mine.length - failed} packages passed (${tests} tests), ${failed} failed`);
  }
  if (failures.length > 0 || outcomes.length === 0) process.exitCode = 1;
}

function manifests(): string {
  return ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join();
}
