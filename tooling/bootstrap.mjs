// Runs a command with everything it needs: `node tooling/bootstrap.mjs <command> [arguments]`.
//
// Plain JavaScript without dependencies, for whichever Node (18 or later) the machine has. It installs
// the workspace when the lockfile has changed since the last time, then runs the command with the
// tools of the workspace first on PATH, so that `node` is the one the repository was written for.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = join(root, 'node_modules', '.bin');
const stamp = join(root, 'node_modules', '.lading-lockfile-hash');
const windows = process.platform === 'win32';

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
const pathKey = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
env[pathKey] = [bin, env[pathKey]].filter(Boolean).join(delimiter);

install();
run(process.argv.slice(2));

function install() {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  process.stderr.write('Installing the workspace (once for each lockfile) …\n');
  const args = ['-y', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'];
  const result = spawnSync('npx', args, { cwd: root, encoding: 'utf8', shell: windows, maxBuffer: 1 << 28 });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}\n`);
    process.stderr.write(`Cannot install the workspace: "npx ${args.join(' ')}" failed\n`);
    process.exit(1);
  }
  writeFileSync(stamp, hash);
}

function run([command, ...args]) {
  if (command === undefined) return;
  const child = spawn(command, args, { stdio: 'inherit', env, shell: windows });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`Cannot run "${command}": ${error.message}\n`);
    process.exit(127);
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0));
  });
}
