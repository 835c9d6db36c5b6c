import type { Configuration } from '../../src/config/configuration.ts';
import { overrides } from '../../src/config/environment.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { ConfigurationError, formatProblem } from '../../src/config/problem.ts';

/** What came of a configuration: problems, or the configuration with its warnings, as lines. */
export interface Outcome {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly configuration?: Configuration;
}

/** Parses a configuration as if it stood in `config.yml`; without text there is no file. */
export function parse(text: string | undefined, environment: Readonly<Record<string, string>> = {}): Outcome {
  const file = text === undefined ? {} : { file: { name: 'config.yml', text } };
  try {
    const { configuration, warnings } = parseConfiguration({ ...file, variables: overrides(environment) });
    return { configuration, problems: [], warnings: warnings.map(formatProblem) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { problems: error.message.split('\n'), warnings: [] };
  }
}
