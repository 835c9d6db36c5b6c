import { nearest } from '../nearest.ts';
import { defaults } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import { applyOverride } from './environment.ts';
import type { Override } from './environment.ts';
import { explainIssues } from './explain-issues.ts';
import { configurationJsonSchema } from './json-schema.ts';
import { createOrigins } from './origins.ts';
import type { Origins } from './origins.ts';
import { ConfigurationError } from './problem.ts';
import type { Problem } from './problem.ts';
import type { ReadConfiguration } from './read-configuration.ts';
import { repair } from './repair.ts';
import { configurationSchema } from './schema/configuration.ts';
import { isSettings, settingAt } from './settings.ts';
import type { Path, Setting, Settings } from './settings.ts';
import { hasEffect, renamedKeys, toPath, unsupportedKeys } from './unsupported.ts';
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
  rename(settings, origins, warnings);
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

/** Settings that are a choice of one thing, which may be written as its bare name: `storage: inmemory`. */
const choices = ['storage', 'auth'] as const;

/** Keys of `storage` that are no drivers. */
const sharedStorageKeys = new Set(['tag', 'delete', 'redirect', 'cache', 'maintenance', 'module', 'options']);

function expandShorthand(settings: Settings, origins: Origins): void {
  for (const choice of choices) {
    const value = settings[choice];
    if (typeof value !== 'string' || value === '') continue;
    settings[choice] = { [value]: {} };
    const place = origins.get([choice]);
    if (place !== undefined) origins.set([choice, value], place);
  }
}

/** A key without a value is as good as none, but for one that is chosen by being there. */
function withoutNulls(value: Setting, path: Path): Setting {
  if (path[0] === 'storage' && path[1] === 'options') return value;
  if (Array.isArray(value))
    return (value as Setting[]).map((item, index) => withoutNulls(item, [...path, index]));
  if (!isSettings(value)) return value;
  const entries = Object.entries(value).map(([key, child]): [string, Setting] => {
    const chosen =
      path.length === 1 && (path[0] === 'auth' || (path[0] === 'storage' && !sharedStorageKeys.has(key)));
    return [key, child === null && chosen ? {} : withoutNulls(child, [...path, key])];
  });
  return Object.fromEntries(entries.filter(([, child]) => child !== null));
}

/** Without a file the registry is somebody's first try: it needs no storage to be named, and lets them delete. */
function putInFirstTry(settings: Settings): void {
  const storage = settings['storage'] ?? {};
  if (!isSettings(storage)) return;
  if (Object.keys(storage).every((key) => sharedStorageKeys.has(key) && key !== 'module')) {
    storage['filesystem'] = { rootdirectory: defaults.storage.filesystem?.rootdirectory ?? '' };
  }
  storage['delete'] ??= { enabled: defaults.storage.delete.enabled };
  settings['storage'] = storage;
}

const knownSections = [
  ...Object.keys(defaults),
  'auth',
  ...[...Object.keys(unsupportedKeys), ...Object.keys(renamedKeys)].map((key) => String(toPath(key)[0])),
];

function isKnown({ parts }: Override): boolean {
  return knownSections.includes(parts[0] ?? '');
}

function unknownVariable({ variable, parts }: Override): Problem {
  const near = nearest(parts[0] ?? '', knownSections);
  const hint = near === undefined ? '' : `; did you mean "REGISTRY_${near.toUpperCase()}_…"?`;
  return { origin: { kind: 'environment', variable }, message: `ignored, since it names no setting${hint}` };
}

function rename(settings: Settings, origins: Origins, warnings: Problem[]): void {
  for (const [key, now] of Object.entries(renamedKeys)) {
    const [from, to] = [toPath(key), toPath(now)];
    const value = settingAt(settings, from);
    if (value === undefined) continue;
    const place = origins.find(from);
    remove(settings, from);
    warnings.push({ ...(place && { origin: place.key }), message: `"${key}" is deprecated; write "${now}"` });
    if (settingAt(settings, to) !== undefined) continue;
    let parent = settings;
    for (const part of to.slice(0, -1)) {
      const child = (parent[part] ??= {});
      if (!isSettings(child)) return;
      parent = child;
    }
    parent[String(to.at(-1))] = value;
    if (place !== undefined) origins.set(to, place);
  }
}

/** Takes out what means nothing here, and tells what of it would have mattered. */
function sortOutUnsupported(
  settings: Settings,
  origins: Origins,
): { refused: Problem[]; ignored: Problem[] } {
  const refused: Problem[] = [];
  const ignored: Problem[] = [];
  for (const [key, { effect, advice, whenPresent = false }] of Object.entries(unsupportedKeys)) {
    const path = toPath(key);
    const value = settingAt(settings, path);
    if (value === undefined) continue;
    remove(settings, path);
    if (!whenPresent && !hasEffect(value)) continue;
    const place = origins.find(path);
    const origin = place && { origin: place.key };
    if (effect === 'refused') refused.push({ ...origin, message: `cannot honour "${key}": ${advice}` });
    else ignored.push({ ...origin, message: `"${key}" has no effect: ${advice}` });
  }
  return { refused, ignored };
}

function remove(settings: Settings, path: Path): void {
  const parent = settingAt(settings, path.slice(0, -1));
  if (isSettings(parent)) delete parent[String(path.at(-1))];
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
