import { z } from 'zod';
import { configurationSchema } from './schema/configuration.ts';
import { renamedKeys, toPath, unsupportedKeys } from './unsupported.ts';

/** The part of JSON Schema that our own schema is made of. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly type?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Record<string, JsonSchema>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
}

/** The schema of the configuration file, for editors. */
export function configurationJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configurationSchema, { io: 'input' }) as JsonSchema;
  const properties = { ...schema.properties };
  addShorthand(properties, 'storage', ['inmemory', 'filesystem'], {
    filesystem: { rootdirectory: '/var/lib/registry' },
  });
  addShorthand(properties, 'auth', ['none'], {
    htpasswd: { realm: 'registry', path: '/etc/registry/htpasswd' },
  });
  const whole = { ...schema, title: 'Configuration of the Lading registry', properties };
  for (const [key, { effect, advice }] of Object.entries(unsupportedKeys)) {
    if (effect === 'ignored') addDeprecated(whole, key, `Has no effect: ${advice}.`);
  }
  for (const [key, now] of Object.entries(renamedKeys)) addDeprecated(whole, key, `Now \`${now}\`.`);
  return whole;
}

/** What the schema says of a path: through maps, lists and alternatives. */
export function schemaAt(schema: JsonSchema, path: readonly (string | number)[]): JsonSchema | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  for (const { properties, items, additionalProperties } of [schema, ...(schema.anyOf ?? [])]) {
    const more = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    const next = typeof key === 'number' ? items : (properties?.[key] ?? more);
    const found = next && schemaAt(next, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `storage: inmemory` is short for a map of that one key without settings. */
function addShorthand(
  properties: Record<string, JsonSchema>,
  key: string,
  words: readonly string[],
  example: unknown,
): void {
  const { description = '', ...map } = properties[key] ?? {};
  properties[key] = { description, examples: [example], anyOf: [{ enum: words }, map] };
}

function addDeprecated(schema: JsonSchema, key: string, description: string): void {
  const path = toPath(key);
  const parent = schemaAt(schema, path.slice(0, -1));
  const holder = parent?.anyOf?.find(({ properties }) => properties !== undefined) ?? parent;
  if (holder?.properties === undefined)
    throw new TypeError(`Cannot describe "${key}": its parent has no keys`);
  holder.properties[String(path.at(-1))] = { description, deprecated: true };
}
