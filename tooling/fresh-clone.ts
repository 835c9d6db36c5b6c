// Proves the two commands of the README where they are used: in a fresh clone, with an empty home.
//
// Clones what is committed, then: `npm start` until it prints its address, GET /v2/, stop; `npm test`;
// and git must be clean after both. Of the caller's home only .npmrc comes along, since where
// packages come from is a matter of the machine.
//
//   node tooling/fresh-clone.ts [start] [test]     both, if none is named
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '..');
const temporary = mkdtempSync(join(tmpdir(), 'lading-fresh-clone-'));
const clone = join(temporary, 'lading');
const home = join(temporary, 'home');
const patience = 180_000;

try {
  mkdirSync(home);
  const npmrc = join(homedir(), '.npmrc');
  if (existsSync(npmrc)) copyFileSync(npmrc, join(home, '.npmrc'));
  execFileSync('git', ['clone', '--quiet', root, clone], { stdio: 'inherit' });

  const wanted = process.argv.slice(2);
  if (wanted.length === 0 || wanted.includes('start')) await timed('npm start', start);
  if (wanted.length === 0 || wanted.includes('test')) await timed('npm test', test);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

async function start(): Promise<void> {
  const port = (await isFree(5000)) ? 5000 : 0;
  const env =
    port === 5000 ? environment() : { ...environment(), REGISTRY_HTTP_ADDR: `127.0.0.1:${await freePort()}` };
  const child = spawn('npm', ['start'], {
    cwd: clone,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const address = await addressOf(child);
    const response = await fetch(new URL('/v2/', address), { signal: AbortSignal.timeout(5000) });
    if (response.status !== 200)
      throw new Error(`Cannot use ${address}: GET /v2/ answers ${response.status}`);
    console.log(`  ${address} answers GET /v2/ with 200`);
    await stop(child);
    if (!(await fallsSilent(address)))
      throw new Error(`Cannot stop npm start: ${address} still answers after SIGTERM`);
    console.log('  and ends on SIGTERM');
  } finally {
    if (child.pid !== undefined) endGroup(child.pid);
  }
  expectClean();
}

/** npm itself is gone at once; what it started answers what it was asked and follows within moments. */
async function fallsSilent(address: string): Promise<boolean> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(100)) {
    const answers = await fetch(address).then(
      () => true,
      () => false,
    );
    if (!answers) return true;
  }
  return false;
}

async function test(): Promise<void> {
  execFileSync('npm', ['test'], { cwd: clone, env: environment(), stdio: 'inherit' });
  expectClean();
  return Promise.resolve();
}

/** What a user has who has just logged in: no variables of ours, no tools of the workspace on PATH. */
function environment(): NodeJS.ProcessEnv {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((each) => !each.includes('node_modules'));
  const kept = Object.entries(process.env).filter(([key]) =>
    /^(?:LANG|LC_.*|TERM|TZ|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_.*)$/i.test(key),
  );
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), HOME: home };
}

/** The first address that a process prints. */
async function addressOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  const timer = setTimeout(
    () => reject(new Error(`No address within ${patience / 1000} s:\n${output}`)),
    patience,
  );
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    const address = /https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+/.exec(output)?.[0];
    if (address !== undefined) resolve(address);
  });
  child.on('exit', (code) =>
    reject(new Error(`npm start ended with ${code} before it printed an address:\n${output}`)),
  );
  return promise.finally(() => clearTimeout(timer));
}

/** As a supervisor does: npm is asked to end, and everything below it has to follow. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const group = -child.pid;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => process.kill(group, 'SIGKILL'), 15_000);
  await ended;
  clearTimeout(timer);
}

/** Whatever is left of it, so that a failed run leaves nothing behind. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing was left.
  }
}

function expectClean(): void {
  const status = execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' });
  if (status !== '') throw new Error(`git is not clean:\n${status}`);
  console.log('  git is clean');
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  console.log(`── ${what}, in a fresh clone`);
  const begin = performance.now();
  await work();
  console.log(`✔ ${what}: ${((performance.now() - begin) / 1000).toFixed(1)} s\n`);
}

async function isFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  return listen(0);
}

/** Listens for a moment; resolves with the port, rejects if it is taken. */
async function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
