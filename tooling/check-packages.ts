// Packs every package as `pnpm publish` would and looks at what came out: publint for the manifest,
// attw for what TypeScript finds, and an import of each by its public name, far from the workspace.
//
//   node tooling/check-packages.ts
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packages } from './workspace.ts';
import type { Package } from './workspace.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const directory = mkdtempSync(join(tmpdir(), 'lading-packed-'));
const problems: string[] = [];

try {
  const published = packages(root).filter(({ manifest }) => manifest.private !== true);
  if (spawnSync('tsc', ['-b'], { cwd: root }).status !== 0)
    problems.push('The types do not hold: see `npm run types`');
  execFileSync('pnpm', ['-r', 'pack', '--pack-destination', directory], { cwd: root, stdio: 'pipe' });

  for (const pkg of published) await checkManifest(pkg);
  await checkTypes(published);
  await checkImports(published);
  console.log(`${published.length} packages packed, ${problems.length} problems`);
} finally {
  rmSync(directory, { recursive: true });
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

async function checkManifest(pkg: Package): Promise<void> {
  const bytes = readFileSync(tarball(pkg));
  const { messages, pkg: manifest } = await publint({
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
  });
  for (const message of messages) {
    if (message.type !== 'suggestion')
      problems.push(`${pkg.name}: publint: ${formatMessage(message, manifest) ?? message.code}`);
  }
}

/** One `attw` after the other on each core: it loads a compiler of its own. */
async function checkTypes(published: readonly Package[]): Promise<void> {
  const waiting = published.filter((pkg) => 'exports' in pkg.manifest);
  const work = async (): Promise<void> => {
    for (let pkg = waiting.shift(); pkg !== undefined; pkg = waiting.shift()) {
      const { name } = pkg;
      await run('attw', [tarball(pkg), '--profile', 'esm-only', '--format', 'ascii', '--no-color']).catch(
        (error: unknown) => problems.push(`${name}: attw: ${outputOf(error)}`),
      );
    }
  };
  await Promise.all([work(), work()]);
}

/** Installs all tarballs in an empty project and imports each. */
async function checkImports(published: readonly Package[]): Promise<void> {
  const project = join(directory, 'project');
  mkdirSync(project);
  const dependencies = Object.fromEntries(
    published.map((pkg) => [pkg.manifest.name, `file:${tarball(pkg)}`]),
  );
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies }),
  );
  writeFileSync(
    join(project, 'pnpm-workspace.yaml'),
    `packages: []\noverrides: ${JSON.stringify(dependencies)}\n`,
  );
  await run('pnpm', ['install', '--prefer-offline', '--ignore-scripts'], { cwd: project }).catch(
    (error: unknown) => problems.push(`The packed packages do not install: ${outputOf(error)}`),
  );
  for (const { manifest } of published.filter((pkg) => 'exports' in pkg.manifest)) {
    const script = `await import(${JSON.stringify(manifest.name)})`;
    await run('node', ['--input-type=module', '--eval', script], { cwd: project }).catch((error: unknown) =>
      problems.push(`${manifest.name}: does not load once installed: ${outputOf(error)}`),
    );
  }
}

function tarball({ manifest }: Package): string {
  const { version } = manifest;
  return join(directory, `${manifest.name.replace('@', '').replace('/', '-')}-${version}.tgz`);
}

function outputOf(error: unknown): string {
  const {
    stdout = '',
    stderr = '',
    message = '',
  } = error as { stdout?: string; stderr?: string; message?: string };
  return `${stdout}${stderr}`.trim() || message;
}
