// Runs a command with everything it needs: `node tooling/bootstrap.mjs <command> [arguments]`.
//
// Plain JavaScript without dependencies, for whichever Node (18 or later) the machine has. It installs
// the workspace when the lockfile has changed since the last time, then runs the command with the
// tools of the workspace first on PATH, so that `node` is the one the repository was written for.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = join(root, 'node_modules', '.bin');
const stamp = join(root, 'node_modules', '.lading-lockfile-hash');
const windows = process.platform === 'win32';

if (Number(process.versions.node.split('.')[0]) < 18) {
  fail(
    `Cannot install with Node ${process.versions.node}: 18 or later is needed (a newer one is then brought along)`,
  );
}
const lockfile = hash(readFileSync(join(root, 'pnpm-lock.yaml')));
if (!isInstalled()) oneAtATime(install);
run(process.argv.slice(2));

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile;
}

function install() {
  if (isInstalled()) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  process.stderr.write('Installing the workspace (once for each lockfile) …\n');
  const args = ['-y', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'];
  const result = spawnSync('npx', args, { cwd: root, encoding: 'utf8', shell: windows, maxBuffer: 1 << 28 });
  if (result.status !== 0) {
    process.stderr.write(`${result.error?.message ?? ''}${result.stdout ?? ''}${result.stderr ?? ''}\n`);
    fail(`Cannot install the workspace: "npx ${args.join(' ')}" failed`);
  }
  writeFileSync(stamp, lockfile);
}

/** `npm start` beside `npm test` right after a clone: the second waits until the first has installed. */
function oneAtATime(work) {
  const lock = join(tmpdir(), `lading-install-${hash(root).slice(0, 16)}.lock`);
  while (!take(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  process.once('exit', () => rmSync(lock, { force: true }));
  work();
  rmSync(lock, { force: true });
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') fail(`Cannot install the workspace: ${error.message}`);
    if (!isRunning(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** Whether the process that wrote the lock still lives; the file may be gone or half written by now. */
function isRunning(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function run([command, ...args]) {
  if (command === undefined) return;
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const pathKey = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  env[pathKey] = [bin, env[pathKey]].filter(Boolean).join(delimiter);

  const child = spawn(command, args, { stdio: 'inherit', env, shell: windows });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A terminal's Ctrl-C reaches the command too; a second one might mean "at once" to it.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  // npm passes a SIGTERM to a shell that does not pass it on. That the shell is gone is then all there is to notice.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 200);
  child.on('error', (error) => {
    process.stderr.write(`Cannot run "${command}": ${error.message}\n`);
    process.exit(127);
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0));
  });
}

function hash(data) {
  return createHash('sha256').update(data).digest('hex');
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
