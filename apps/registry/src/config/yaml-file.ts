import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Alias, Document, ParsedNode, YAMLMap } from 'yaml';
import type { Origins } from './origins.ts';
import { ConfigurationError } from './problem.ts';
import type { Origin } from './problem.ts';
import type { Path, Setting, Settings } from './settings.ts';
import { isSettings } from './settings.ts';

/** Deeper than any configuration; aliases that hold themselves have no end. */
const deepest = 32;

/**
 * Reads a YAML file and remembers where each of its settings stands.
 *
 * @throws {ConfigurationError} when it is not YAML, or not one map.
 */
export function readYaml(file: string, text: string, origins: Origins): Settings {
  const lines = new LineCounter();
  const at = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return { kind: 'file', file, line, column: col };
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ code, message, pos: [offset] }) => ({
    origin: at(offset),
    message: code === 'MULTIPLE_DOCS' ? 'there is a second document; write one only' : lowerFirst(message),
  }));
  if (problems.length > 0) throw new ConfigurationError(problems.slice(0, 1));

  // Where something is missing, the file is what is at fault.
  origins.set([], { origin: at(0), key: at(0) });
  const settings = toSetting({ document, origins, at }, document.contents, []);
  if (settings === null) return {};
  if (isSettings(settings)) return settings;
  throw new ConfigurationError([
    { origin: at(0), message: 'a map of settings is wanted, such as "version: 0.1"' },
  ]);
}

/**
 * Reads the value of an environment variable, which is YAML; what is not is taken as it is, so that a
 * password that begins with `@` needs no quotes.
 */
export function readYamlValue(text: string): { readonly value: Setting; readonly plain?: string } {
  const document = parseDocument(text);
  const node = document.contents;
  if (document.errors.length > 0 || isAlias(node)) return { value: text, plain: text };
  const value = (document.toJS() ?? null) as Setting;
  return isScalar(node) && node.type === 'PLAIN' ? { value, plain: node.source } : { value };
}

/** What the walk through a document carries along. */
interface Reading {
  readonly document: Document.Parsed;
  readonly origins: Origins;
  readonly at: (offset: number) => Origin;
}

function toSetting(reading: Reading, node: ParsedNode | null, path: Path): Setting {
  if (node === null) return null;
  if (path.length > deepest) fail(reading, node, 'the settings lie too deep');
  if (isAlias(node)) return toSetting(reading, target(reading, node), path);
  if (isMap(node)) return toMap(reading, node, path);
  if (isSeq(node)) {
    return node.items.map((item, index) => {
      const here = [...path, index];
      remember(reading, here, item, item);
      return toSetting(reading, item, here);
    });
  }
  return node.value as Setting;
}

/** The map that a node holds; what `<<` brings in gives way to what is written. */
function toMap(reading: Reading, node: YAMLMap.Parsed, path: Path): Settings {
  const merged = node.items.filter(({ key }) => isMergeKey(key));
  const written = node.items.filter(({ key }) => !isMergeKey(key));
  const result: Settings = {};
  for (const { value } of merged) Object.assign(result, toMerged(reading, value, path));
  for (const { key, value } of written) {
    if (!isScalar(key)) fail(reading, key, 'a key must be text');
    const name = key.source;
    if (name === '__proto__') fail(reading, key, `unknown key "${name}"`);
    const here = [...path, name];
    reading.origins.forget(here);
    remember(reading, here, key, value ?? key);
    result[name] = toSetting(reading, value, here);
  }
  return result;
}

function toMerged(reading: Reading, node: ParsedNode | null, path: Path): Settings {
  const source = node !== null && isAlias(node) ? target(reading, node) : node;
  if (isMap(source)) return toMap(reading, source, path);
  if (isSeq(source)) {
    // The first of the list wins.
    const maps = source.items.toReversed().map((item) => toMerged(reading, item, path));
    return maps.reduce((all, map) => Object.assign(all, map), {});
  }
  return fail(reading, source, '"<<" wants a map, or a list of maps');
}

function isMergeKey(key: ParsedNode): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

function remember({ origins, at }: Reading, path: Path, key: ParsedNode, value: ParsedNode): void {
  const plain = isScalar(value) && value.type === 'PLAIN' ? { plain: value.source } : {};
  origins.set(path, { origin: at(value.range[0]), key: at(key.range[0]), ...plain });
}

function target(reading: Reading, alias: Alias.Parsed): ParsedNode {
  const node = alias.resolve(reading.document) as ParsedNode | undefined;
  return node ?? fail(reading, alias, `there is no anchor "&${alias.source}"`);
}

function fail({ at }: Reading, node: ParsedNode | null, message: string): never {
  throw new ConfigurationError([{ origin: at(node?.range[0] ?? 0), message }]);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
