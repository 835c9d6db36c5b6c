/** What the schema of the configuration says, in the form in which people and editors read it. */
import { configurationJsonSchema } from '../src/config/json-schema.ts';
import type { JsonSchema } from '../src/config/json-schema.ts';
import { renamedKeys, unsupportedKeys } from '../src/config/unsupported.ts';

export function schemaFile(): string {
  return `${JSON.stringify(configurationJsonSchema(), undefined, 2)}\n`;
}

/** A table of every setting that is honoured. */
export function settingsTable(): string {
  return table(['Setting', 'What it is', 'Default'], rows(configurationJsonSchema(), ''));
}

/** A table of every key of Distribution that is not honoured. */
export function unsupportedTable(): string {
  const keys = Object.entries(unsupportedKeys).map(([key, { effect, advice }]) => [
    `\`${key}\``,
    effect,
    advice,
  ]);
  const renamed = Object.entries(renamedKeys).map(([key, now]) => [
    `\`${key}\``,
    'deprecated',
    `write \`${now}\``,
  ]);
  return table(['Key', 'Effect', 'Why, and what to do'], [...keys, ...renamed]);
}

function rows(schema: JsonSchema, prefix: string): string[][] {
  const map = schema.anyOf?.find(({ properties }) => properties !== undefined) ?? schema;
  return Object.entries(map.properties ?? {}).flatMap(([key, child]) => {
    if (child.deprecated === true) return [];
    const path = `${prefix}${key}`;
    const below = rows(child, `${path}.`);
    const { description = '', default: fallback } = child;
    const values = child.enum === undefined ? '' : ` One of ${child.enum.map(code).join(', ')}.`;
    const value = below.length > 0 || fallback === undefined ? '' : code(fallback);
    return [[`\`${path}\``, `${description}${values}`, value], ...below];
  });
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function table(header: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...body.map(line)].join('\n');
}
