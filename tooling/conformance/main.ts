/**
 * Runs the official OCI conformance program against the registry, once for each version:
 *
 *   npm run conformance                                  versions 1.1 and dev
 *   npm run conformance -- --version dev --filter "sha512 blobs"
 *   npm run conformance -- --registry distribution       the peer instead of ours
 *   npm run conformance -- --results DIR                 keeps report.html and the rest
 *
 * Succeeds when nothing failed, nothing was skipped, and nothing was disabled but what the version
 * itself disables: the program gets no setting but the address, so its own defaults are in force.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs, promisify, styleText } from 'node:util';
import { exitWithout, requireProgram } from '../peers/programs.ts';
import { startRegistry, toRegistryKind } from '../peers/registries.ts';
import { temporaryDirectory } from '../peers/temporary.ts';
import { parseReport } from './report.ts';
import type { Case, Outcome, Report } from './report.ts';
import { disabledSettings, explains } from './settings.ts';

interface Run {
  readonly version: string;
  readonly report: Report;
  /** Settings that this version of the program turns off by itself. */
  readonly disabled: readonly string[];
}

const { values: options } = parseArgs({
  options: {
    version: { type: 'string', multiple: true, default: ['1.1', 'dev'] },
    registry: { type: 'string', default: 'lading' },
    filter: { type: 'string' },
    results: { type: 'string' },
  },
});

exitWithout('conformance');
const runs: Run[] = [];
for (const version of options.version) {
  const run = await conform(version);
  if (run === undefined) continue;
  runs.push(run);
  printProblems(run);
}
if (options.filter === undefined) printSummary();
process.exitCode = runs.length > 0 && runs.every(succeeded) ? 0 : 1;

/** Runs one version. With a filter the program writes no reports: what it prints is passed on, and nothing judged. */
async function conform(version: string): Promise<Run | undefined> {
  await using work = await temporaryDirectory('conformance');
  await using registry = await startRegistry(toRegistryKind(options.registry), {
    root: join(work.path, 'data'),
  });
  const results =
    options.results === undefined ? join(work.path, 'results') : resolve(options.results, version);
  await mkdir(results, { recursive: true });

  const { PATH = '', HOME = '' } = process.env;
  const env = {
    PATH,
    HOME,
    OCI_VERSION: version,
    OCI_REGISTRY: registry.host,
    OCI_TLS: 'disabled',
    OCI_RESULTS_DIR: results,
    ...(options.filter === undefined ? {} : { OCI_FILTER_TEST: `OCI Conformance Test/${options.filter}` }),
  };
  const program = requireProgram('conformance');
  // It ends with 1 when a case fails; what failed is in its reports. An empty directory: no settings file.
  const output = await promisify(execFile)(program, { cwd: results, env, maxBuffer: 1 << 28 }).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  if (options.filter !== undefined) {
    console.log(output.stdout.split('\nConfiguration:')[0]);
    return undefined;
  }
  try {
    const report = parseReport(await readFile(join(results, 'junit.xml'), 'utf8'));
    const disabled = disabledSettings(await readFile(join(results, 'results.yaml'), 'utf8'));
    return { version, report, disabled };
  } catch (cause) {
    const said = (output.stderr || output.stdout).slice(-2_000);
    throw new Error(`Cannot judge version ${version}: ${said}`, { cause });
  }
}

/** A case that keeps the run from succeeding. */
function isProblem({ outcome, reason }: Case, { disabled }: Run): boolean {
  return outcome === 'disabled' ? !explains(disabled, reason) : outcome !== 'pass';
}

function succeeded(run: Run): boolean {
  const { counts } = run.report;
  if (counts.pass === 0 || counts.fail + counts.error + counts.skip > 0) return false;
  const named = run.report.cases.filter(({ outcome }) => outcome === 'disabled').length;
  return named === counts.disabled && !run.report.cases.some((one) => isProblem(one, run));
}

function printProblems(run: Run): void {
  for (const one of run.report.cases.filter((candidate) => isProblem(candidate, run))) {
    console.log(`${styleText('red', `✖ ${one.outcome}`)} ${run.version} › ${one.name}`);
    for (const line of one.reason.split('\n')) console.log(`    ${line}`);
    for (const exchange of one.exchanges) console.log(`      ${exchange}`);
  }
}

function printSummary(): void {
  const columns: readonly Outcome[] = ['pass', 'skip', 'disabled', 'fail', 'error'];
  const title = ['Pass', 'Skip', 'Disabled', 'Fail', 'Error', 'Total'];
  console.log(`\n${'OCI conformance'.padEnd(18)}${title.map((name) => name.padStart(10)).join('')}`);
  for (const { version, report } of runs) {
    const counts = columns.map((outcome) => report.counts[outcome]);
    const total = counts.reduce((sum, count) => sum + count, 0);
    console.log(
      `${`version ${version}`.padEnd(18)}${[...counts, total].map((n) => String(n).padStart(10)).join('')}`,
    );
  }
  console.log();
  for (const run of runs) {
    const cases = run.report.cases.filter(({ outcome }) => outcome === 'disabled').map(({ name }) => name);
    console.log(`Version ${run.version} itself turns off: ${run.disabled.join(', ')}`);
    for (const name of cases) console.log(`  not run: ${name}`);
    console.log(
      `Version ${run.version}: ${succeeded(run) ? styleText('green', 'passes') : styleText('red', 'does not pass')}`,
    );
  }
}
