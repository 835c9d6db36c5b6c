// Everything that must hold before a change goes in: `npm run check`.
//
//   node tooling/check.ts                all steps
//   node tooling/check.ts types lint     only these
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

const steps: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc', '-b'],
  lint: ['oxlint', '--type-aware'],
  format: ['oxfmt', '--check'],
  layers: ['node', 'tooling/check-layers.ts'],
  readmes: ['node', 'tooling/check-readme.ts'],
  unused: ['knip', '--no-progress'],
  packages: ['node', 'tooling/check-packages.ts'],
  tests: ['node', 'tooling/test.ts'],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`Cannot check "${unknown.join(' ')}": the steps are ${Object.keys(steps).join(', ')}`);
  process.exit(2);
}

const results = Object.entries(steps)
  .filter(([name]) => wanted.length === 0 || wanted.includes(name))
  .map(([name, [command = '', ...args]]) => {
    console.log(`\n── ${name}: ${[command, ...args].join(' ')}`);
    const start = performance.now();
    const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
    if (error !== undefined) console.error(error.message);
    return { name, ok: status === 0, seconds: (performance.now() - start) / 1000 };
  });

console.log('');
for (const { name, ok, seconds } of results) {
  console.log(`${ok ? '✔' : '✖'} ${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s`);
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
