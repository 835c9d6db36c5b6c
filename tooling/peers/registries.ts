/** The two registries that are held against each other: ours and CNCF Distribution, on files. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireProgram } from './programs.ts';
import { freePort, spawnServer, startServer } from './server.ts';
import type { Server, ServerOptions, StartingServer } from './server.ts';

export type RegistryKind = 'lading' | 'distribution';

export interface RegistryOptions {
  /** The driver's root directory: `docker/registry/v2` lies below it. */
  readonly root: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Added to the configuration at the top, key by key; for `storage` and `http`, inside. */
  readonly config?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Reads a `--registry` option. */
export function toRegistryKind(text: string): RegistryKind {
  if (text === 'lading' || text === 'distribution') return text;
  throw new TypeError(`Cannot start registry "${text}": there are "lading" and "distribution"`);
}

const repository = join(import.meta.dirname, '..', '..');

/** Starts a registry and waits for its first answer. */
export async function startRegistry(kind: RegistryKind, options: RegistryOptions): Promise<Server> {
  return startServer(await command(kind, options));
}

/** Starts a registry and does not wait. */
export async function spawnRegistry(kind: RegistryKind, options: RegistryOptions): Promise<StartingServer> {
  return spawnServer(await command(kind, options));
}

async function command(kind: RegistryKind, options: RegistryOptions): Promise<ServerOptions> {
  const port = options.port ?? (await freePort());
  const config = await writeConfig(port, options);
  if (kind === 'distribution') {
    const env = { OTEL_TRACES_EXPORTER: 'none' };
    return { command: requireProgram('registry'), args: ['serve', config], port, env };
  }
  // Another entry can stand in for the application, to try these tools on something else.
  const entry = process.env['LADING_ENTRY'] ?? join(repository, 'apps/registry/src/main.ts');
  // As its first line and `npm start` have it.
  const flags = ['--max-semi-space-size=2'];
  return { command: process.execPath, args: [...flags, entry, 'serve', config], port, cwd: options.root };
}

/** One file for both: what Distribution reads, ours reads too. JSON is YAML. */
async function writeConfig(port: number, { root, config = {} }: RegistryOptions): Promise<string> {
  const { storage, http, ...others } = config;
  const file = join(`${root}.config`, `${port}.yml`);
  const content = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: root },
      delete: { enabled: true },
      cache: { blobdescriptor: 'inmemory' },
      ...storage,
    },
    http: { addr: `127.0.0.1:${port}`, ...http },
    ...others,
  };
  await mkdir(root, { recursive: true });
  await mkdir(`${root}.config`, { recursive: true });
  await writeFile(file, JSON.stringify(content, undefined, 2));
  return file;
}
