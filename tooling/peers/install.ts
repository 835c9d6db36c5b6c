/**
 * Shows which programs the integration tests find, and builds the Go ones that are missing:
 *
 *   node tooling/peers/install.ts                 all Go programs
 *   node tooling/peers/install.ts crane oras      these
 *   node tooling/peers/install.ts --list          what is there, what is not and how to get it
 *
 * (`node tooling/bootstrap.mjs node …` where the machine's own Node is an old one.)
 *
 * Debian packages are only named: installing them is the machine owner's business.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { allPrograms, cachedPath, findProgram, goCache } from './programs.ts';
import type { GoProgram, ProgramName } from './programs.ts';
import { temporaryDirectory } from './temporary.ts';

const run = promisify(execFile);

const wanted = process.argv.slice(2);
if (wanted.includes('--list')) list();
else await installAll(wanted);

function list(): void {
  for (const { name } of allPrograms()) {
    const lookup = findProgram(name as ProgramName);
    console.log(lookup.kind === 'found' ? `✔ ${name}: ${lookup.path}` : `✖ ${name}: ${lookup.install}`);
  }
}

async function installAll(chosen: readonly string[]): Promise<void> {
  const go = allPrograms().filter((program) => program.kind === 'go');
  const unknown = chosen.filter((name) => !go.some((program) => program.name === name));
  if (unknown.length > 0) {
    console.error(
      `Cannot install "${unknown.join(' ')}": the Go programs are ${go.map(({ name }) => name).join(', ')}`,
    );
    process.exit(2);
  }
  for (const program of go.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
    await install(program);
  }
}

async function install(program: GoProgram): Promise<void> {
  const target = cachedPath(program);
  if (existsSync(target)) return console.log(`✔ ${program.name} ${program.version} is there`);
  try {
    await build(program, target);
    console.log(`✔ ${program.name} ${program.version} built`);
  } catch (error) {
    console.error(`✖ ${program.name} ${program.version}: ${reason(error)}`);
    process.exitCode = 1;
  }
}

/**
 * Builds in an empty module that requires exactly this version. `go install package@version` would do,
 * but it also asks for the module's list of versions, which not every module proxy can give.
 */
async function build({ name, module, version, command }: GoProgram, target: string): Promise<void> {
  await using directory = await temporaryDirectory('go');
  const options = {
    cwd: directory.path,
    env: { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false -trimpath' },
  };
  await run('go', ['mod', 'init', 'build'], options);
  await run('go', ['mod', 'edit', `-require=${module}@${version}`], options);
  await run('go', ['build', '-o', name, [module, command].filter(Boolean).join('/')], options);

  // Named only once it is whole: a test beside us may be looking for it.
  await mkdir(goCache(), { recursive: true });
  const partial = `${target}.${process.pid}`;
  await copyFile(join(directory.path, name), partial);
  await rename(partial, target);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT')
    return 'the Go toolchain is not installed (https://go.dev/dl)';
  return 'stderr' in error ? String(error.stderr).trim() : error.message;
}
