import { readFile } from 'node:fs/promises';
import { StartupError } from '../startup-error.ts';
import { defaults } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import { overrides } from './environment.ts';
import type { Problem } from './problem.ts';

export interface ReadConfigurationOptions {
  /** YAML file. Default: none. */
  readonly file?: string;
  /** What could stand in a file, as an object; in place of one. Default: none. */
  readonly settings?: unknown;
  /** Where `REGISTRY_…` variables are looked for. Default: there are none. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A configuration that can be used. */
export interface ReadConfiguration {
  readonly configuration: Configuration;
  /** What has no effect, and what is deprecated. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads a configuration from a file and the environment, and checks it.
 *
 * @throws {ConfigurationError} when it cannot be used.
 * @throws {StartupError} when the file cannot be read.
 */
export async function readConfiguration({
  file,
  settings,
  environment = {},
}: ReadConfigurationOptions): Promise<ReadConfiguration> {
  const variables = overrides(environment);
  if (file === undefined) {
    // The parser and the schema take longer to load than the whole rest: without settings there is nothing to parse.
    if (settings === undefined && variables.length === 0) return { configuration: defaults, warnings: [] };
    const { parseConfiguration } = await import('./parse-configuration.ts');
    return parseConfiguration({ settings, variables });
  }
  const [text, { parseConfiguration }] = await Promise.all([
    readText(file),
    import('./parse-configuration.ts'),
  ]);
  return parseConfiguration({ file: { name: file, text }, variables });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const state = code === 'ENOENT' ? 'there is no such file' : (code ?? 'it cannot be read');
    throw new StartupError(`Cannot read the configuration ${JSON.stringify(file)}: ${state}`, { cause });
  }
}
