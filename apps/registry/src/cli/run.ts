import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '../config/problem.ts';
import { readConfiguration } from '../config/read-configuration.ts';
import type { ReadConfiguration } from '../config/read-configuration.ts';
import { StartupError } from '../startup-error.ts';
import { help } from './help.ts';
import { parseInvocation } from './invocation.ts';
import type { Invocation } from './invocation.ts';

/** What a command is given. */
export interface CommandInput extends ReadConfiguration {
  /** The file, as it was named. */
  readonly file?: string;
  /** Where the configuration stands, from where a driver package is looked up. */
  readonly directory: string;
  readonly dryRun: boolean;
  readonly deleteUntagged: boolean;
}

/** Ends with the status of the process: 0, 1 for what failed, 2 for what was asked in a wrong way. */
export async function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const invocation = parseInvocation(args);
  switch (invocation.kind) {
    case 'help':
      process.stdout.write(help);
      return 0;
    case 'version':
      process.stdout.write(`${version()}\n`);
      return 0;
    case 'usage':
      process.stderr.write(`lading-registry: ${invocation.message} (--help shows what there is)\n`);
      return 2;
    case 'command':
      return runCommand(invocation, environment);
  }
}

async function runCommand(
  { command, file: named, ...options }: Extract<Invocation, { kind: 'command' }>,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  try {
    const { REGISTRY_CONFIGURATION_PATH: configured = '' } = environment;
    const file = named ?? (configured === '' ? undefined : configured);
    const read = await readConfiguration({ ...(file === undefined ? {} : { file }), environment });
    const directory = file === undefined ? process.cwd() : dirname(resolve(file));
    const input: CommandInput = { ...read, ...options, directory, ...(file === undefined ? {} : { file }) };
    switch (command) {
      case 'serve':
        return await (await import('./serve.ts')).serve(input);
      case 'check-config':
        return (await import('./check-config.ts')).checkConfig(input);
      case 'check-storage':
        return await (await import('./check-storage.ts')).checkStorage(input);
      case 'garbage-collect':
        return await (await import('./garbage-collect.ts')).garbageCollect(input);
    }
  } catch (error) {
    if (error instanceof ConfigurationError) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    if (error instanceof StartupError) {
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
