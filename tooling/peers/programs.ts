/**
 * The programs that tests and benchmarks run but this repository does not contain: where they are
 * found, and how each is installed. Versions of the Go ones are exact; this is their only table.
 */
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A program built from a Go module. */
export interface GoProgram {
  readonly kind: 'go';
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** The command's directory inside the module; empty for the module's own root. */
  readonly command: string;
  /** Whether a program of this name on PATH may be taken for it. */
  readonly onPath: boolean;
}

/** A program that comes as a package of Debian and its descendants. */
interface DebianProgram {
  readonly kind: 'debian';
  readonly name: string;
  readonly package: string;
}

export type Program = GoProgram | DebianProgram;
export type ProgramName = (typeof names)[number];

/** A program that is there (`path`), or why not and the command that gets it. */
export type Lookup =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string; readonly install: string };

const names = [
  'registry',
  'conformance',
  'crane',
  'oras',
  'regctl',
  'skopeo',
  'umoci',
  'podman',
  'buildah',
  'wrk',
] as const;

const programs: Readonly<Record<ProgramName, Program>> = {
  // CNCF Distribution. Its name says too little to be taken from PATH.
  registry: go('registry', 'github.com/distribution/distribution/v3', 'v3.1.1', 'cmd/registry', false),
  conformance: go(
    'conformance',
    'github.com/opencontainers/distribution-spec/conformance',
    'v0.0.0-20260730175803-fee21197eb94',
    '',
    false,
  ),
  crane: go('crane', 'github.com/google/go-containerregistry', 'v0.22.1', 'cmd/crane', true),
  oras: go('oras', 'oras.land/oras', 'v1.3.2', 'cmd/oras', true),
  regctl: go('regctl', 'github.com/regclient/regclient', 'v0.11.7', 'cmd/regctl', true),
  skopeo: debian('skopeo'),
  umoci: debian('umoci'),
  podman: debian('podman'),
  buildah: debian('buildah'),
  wrk: debian('wrk'),
};

/** Every program, in the order of the table. */
export function allPrograms(): readonly Program[] {
  return names.map((name) => programs[name]);
}

/** Looks a program up: in the Go cache under its exact version first, then on PATH. */
export function findProgram(name: ProgramName): Lookup {
  const program = programs[name];
  const found = candidates(program).find(isExecutable);
  if (found !== undefined) return { kind: 'found', path: found };
  return { kind: 'missing', reason: `${name} is not installed`, install: installLine(program) };
}

/** The path of a program that must be there; throws with the install line otherwise. */
export function requireProgram(name: ProgramName): string {
  const lookup = findProgram(name);
  if (lookup.kind === 'found') return lookup.path;
  throw new Error(`Cannot run "${name}": ${lookup.reason}; install it with: ${lookup.install}`);
}

/** Ends a script that cannot do its work without these programs, saying how to get them. */
export function exitWithout(...needed: readonly ProgramName[]): void {
  const lookups = needed.map((name) => findProgram(name)).filter((lookup) => lookup.kind === 'missing');
  for (const { reason, install } of lookups)
    console.error(`Cannot run: ${reason}; install it with: ${install}`);
  if (lookups.length > 0) process.exit(2);
}

/** Where a Go program of this version is cached, whether it is there yet or not. */
export function cachedPath({ name, version }: GoProgram): string {
  return join(goCache(), `${name}@${version}`);
}

/** The directory of built Go programs: `LADING_GOBIN`, else one in the user's cache. */
export function goCache(): string {
  const { LADING_GOBIN, XDG_CACHE_HOME } = process.env;
  return LADING_GOBIN ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lading', 'gobin');
}

function candidates(program: Program): string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, program.name));
  if (program.kind === 'debian') return path;
  return [cachedPath(program), ...(program.onPath ? path : [])];
}

function installLine(program: Program): string {
  if (program.kind === 'debian') return `apt-get install -y --no-install-recommends ${program.package}`;
  return `node tooling/bootstrap.mjs node tooling/peers/install.ts ${program.name}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function go(name: string, module: string, version: string, command: string, onPath: boolean): GoProgram {
  return { kind: 'go', name, module, version, command, onPath };
}

function debian(name: string): DebianProgram {
  return { kind: 'debian', name, package: name };
}
