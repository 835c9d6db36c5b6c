import type { Configuration } from './configuration.ts';
import { renameOldKeys, sortOutUnsupported } from './distribution-keys.ts';
import { applyOverride } from './environment.ts';
import type { Override } from './environment.ts';
import { explainIssues } from './explain-issues.ts';
import { configurationJsonSchema } from './json-schema.ts';
import { expandShorthand, putInFirstTry, withoutNulls } from './normal-form.ts';
import { createOrigins } from './origins.ts';
import type { Origins } from './origins.ts';
import { ConfigurationError } from './problem.ts';
import type { Problem } from './problem.ts';
import type { ReadConfiguration } from './read-configuration.ts';
import { repair } from './repair.ts';
import { configurationSchema } from './schema/configuration.ts';
import { isSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { isKnown, unknownVariable } from './variable-names.ts';
import { readYaml, readYamlValue } from './yaml-file.ts';

export interface ParseConfigurationOptions {
  readonly file?: { readonly name: string; readonly text: string };
  /** What could stand in a file. Without both: the defaults of a first try, which the variables may change. */
  readonly settings?: unknown;
  readonly variables: readonly Override[];
}

/**
 * Turns the text of a file and variables into a checked configuration.
 *
 * @throws {ConfigurationError} naming every problem.
 */
export function parseConfiguration({
  file,
  settings: given,
  variables,
}: ParseConfigurationOptions): ReadConfiguration {
  const origins = createOrigins();
  const firstTry = file === undefined && given === undefined;
  const written = file === undefined ? toSettings(given) : readYaml(file.name, file.text, origins);
  expandShorthand(written, origins);

  const warnings: Problem[] = [];
  for (const variable of variables) {
    const problem = isKnown(variable)
      ? applyOverride(written, origins, variable, readYamlValue)
      : void warnings.push(unknownVariable(variable));
    if (problem !== undefined) throw new ConfigurationError([problem]);
    expandShorthand(written, origins);
  }

  const settings = withoutNulls(written, []) as Settings;
  if (firstTry) putInFirstTry(settings);
  renameOldKeys(settings, origins, warnings);
  const { refused, ignored } = sortOutUnsupported(settings, origins);
  if (refused.length > 0) throw new ConfigurationError(refused);
  const configuration = check(settings, origins);
  return { configuration, warnings: [...warnings, ...ignored, ...weakSecrets(configuration, origins)] };
}

/** A copy of settings that were given as an object; it is going to be changed. */
function toSettings(given: unknown): Settings {
  if (given === undefined) return { version: '0.1' };
  const copy: unknown = structuredClone(given);
  if (isSettings(copy)) return copy;
  throw new ConfigurationError([{ message: 'a map of settings is wanted, such as { version: "0.1" }' }]);
}

function check(settings: Settings, origins: Origins): Configuration {
  let result = configurationSchema.safeParse(settings);
  // What YAML took for a number may have been meant as text; the schema tells where.
  if (!result.success && repair(settings, origins, result.error.issues)) {
    result = configurationSchema.safeParse(settings);
  }
  if (result.success) return result.data;
  const schema = configurationJsonSchema();
  throw new ConfigurationError(explainIssues(result.error.issues, { settings, origins, schema }));
}

function weakSecrets({ http }: Configuration, origins: Origins): Problem[] {
  if ((http.secret ?? []).every((secret) => secret.length >= 16)) return [];
  const place = origins.find(['http', 'secret']);
  const message = '"http.secret" is short enough to be guessed; write 16 random characters or more';
  return [{ ...(place && { origin: place.origin }), message }];
}
