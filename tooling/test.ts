// Runs the tests of every package, app and tool in one go, and sums them up:
//
//   node tooling/test.ts                         all of them
//   node tooling/test.ts bytes storage-fs        those of these packages
//   node tooling/test.ts packages/bytes/test/concat.test.ts
//
// Failures are shown in full; then every skipped test by name with its reason; the last line reads
// `N passed, N failed, N skipped`. A test that needs a program which is not there skips itself with
// `t.skip('skopeo is not installed — install: apt-get install skopeo')`.
import { existsSync, globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { summary } from './test-summary.ts';

const root = join(import.meta.dirname, '..');
const everything = [
  'packages/*/test/**/*.test.ts',
  'apps/*/test/**/*.test.ts',
  'examples/**/*.test.ts',
  'tooling/**/*.test.ts',
];

const wanted = process.argv.slice(2);
const files = wanted.length === 0 ? everything.flatMap(expand) : wanted.flatMap(filesOf);
if (files.length === 0) {
  console.error(`Cannot run tests: no test file matches "${wanted.join(' ')}"`);
  process.exit(2);
}

// Tests find the workspace's own tools and never those of another version.
process.chdir(root);
run({ files: files.sort(), concurrency: availableParallelism() })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(summary(root))
  .pipe(process.stdout);

function filesOf(name: string): string[] {
  for (const kind of ['packages', 'apps']) {
    if (existsSync(join(root, kind, name))) return expand(`${kind}/${name}/test/**/*.test.ts`);
  }
  if (name === 'tooling' || name === 'examples') return expand(`${name}/**/*.test.ts`);
  return existsSync(name) ? [resolve(name)] : expand(name);
}

function expand(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: (path) => path.includes('node_modules') }).map((path) =>
    join(root, path),
  );
}
