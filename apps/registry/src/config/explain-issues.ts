import type { z } from 'zod';
import { nearest } from '../nearest.ts';
import type { JsonSchema } from './json-schema.ts';
import { schemaAt } from './json-schema.ts';
import type { Origins } from './origins.ts';
import type { Origin, Problem } from './problem.ts';
import type { Path, Setting } from './settings.ts';
import { formatPath, isSettings, settingAt } from './settings.ts';

type Issue = z.core.$ZodIssue;

/** What an explanation draws on. */
interface Context {
  readonly settings: Setting;
  readonly origins: Origins;
  readonly schema: JsonSchema;
}

/** Says of each issue where it lies, which key it is and what would be right. Never shows a value that may be secret. */
export function explainIssues(issues: readonly Issue[], context: Context): Problem[] {
  const misspelt = new Set(issues.filter(isUnknownKey).map(({ path }) => formatPath(path as Path)));
  return issues.flatMap((issue) => {
    const path = issue.path as Path;
    // What a section lacks is most likely what an unknown key was meant to be.
    if (issue.code === 'custom' && misspelt.has(formatPath(path))) return [];
    const rivals = rivalsOf(issue);
    if (rivals !== undefined) return [tooMany(path, rivals, context)];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey([...path, key], context));
    if (issue.code === 'invalid_union') return [invalidUnion(issue, path, context)];
    const message = `"${formatPath(path)}" ${explanation(issue, path, context)}`;
    return [problemAt(path, message, context)];
  });
}

function isUnknownKey(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys';
}

/** Keys of which only one may be there; see `exactlyOne`. */
function rivalsOf(issue: Issue): readonly string[] | undefined {
  const rivals: unknown = issue.code === 'custom' ? issue.params?.['rivals'] : undefined;
  return Array.isArray(rivals) ? (rivals as string[]) : undefined;
}

/** The one that was written last is one too many; what the environment says counts as later than the file. */
function tooMany(path: Path, rivals: readonly string[], { origins }: Context): Problem {
  const placed = rivals.map((key) => ({ key, origin: origins.find([...path, key])?.key }));
  const [last, before] = placed.toSorted((a, b) => rank(b.origin) - rank(a.origin));
  const name = (key = ''): string => `"${formatPath([...path, key])}"`;
  const message = `${name(last?.key)} is one too many beside ${name(before?.key)}; keep one of them`;
  return last?.origin === undefined ? { message } : { origin: last.origin, message };
}

function rank(origin: Origin | undefined): number {
  if (origin === undefined) return -1;
  return origin.kind === 'environment' ? Number.POSITIVE_INFINITY : origin.line * 10_000 + origin.column;
}

function problemAt(path: Path, message: string, { origins }: Context): Problem {
  const place = origins.find(path);
  return place === undefined ? { message } : { origin: place.origin, message };
}

function unknownKey(path: Path, { origins, schema }: Context): Problem {
  const known = Object.keys(keysAt(schema, path.slice(0, -1)));
  const near = nearest(String(path.at(-1)), known);
  const advice =
    near === undefined ? `known here: ${known.join(', ') || 'nothing'}` : `did you mean "${near}"?`;
  const message = `unknown key "${formatPath(path)}"; ${advice}`;
  const place = origins.get(path) ?? origins.find(path);
  return place === undefined ? { message } : { origin: place.key, message };
}

function keysAt(schema: JsonSchema, path: Path): Record<string, JsonSchema> {
  const at = schemaAt(schema, path);
  const supported = [at, ...(at?.anyOf ?? [])].flatMap((each) => Object.entries(each?.properties ?? {}));
  return Object.fromEntries(supported.filter(([, { deprecated }]) => deprecated !== true));
}

/** Of alternatives the one is explained that got furthest; if none did, what each of them wants. */
function invalidUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, context: Context): Problem {
  const deeper = issue.errors.find((errors) => errors.some((each) => !isWrongType(each)));
  const [problem] = deeper === undefined ? [] : explainIssues(prefixed(deeper, path), context);
  if (problem !== undefined) return problem;
  const expected = [...new Set(issue.errors.flat().map((each) => wanted(each)))].filter(
    (each) => each !== '',
  );
  const missing = settingAt(context.settings, path) === undefined;
  const state = missing ? 'is missing; it must be' : 'must be';
  const message = `"${formatPath(path)}" ${state} ${expected.join(' or ')}${actual(path, context)}`;
  return problemAt(path, message, context);
}

function isWrongType(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function prefixed(issues: readonly Issue[], path: Path): Issue[] {
  return issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
}

function explanation(issue: Issue, path: Path, context: Context): string {
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_value') return issue.message;
  const such = issue.code === 'invalid_value' ? '' : example(path, context);
  const missing = settingAt(context.settings, path) === undefined;
  if (missing) return `is missing; it must be ${wanted(issue)}${such}`;
  return `must be ${wanted(issue)}${such}${actual(path, context)}`;
}

const types: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function wanted(issue: Issue): string {
  if (issue.code === 'invalid_type') return types[issue.expected] ?? issue.expected;
  if (issue.code !== 'invalid_value') return '';
  const values = issue.values.map(String);
  return values.length === 1 ? (values[0] ?? '') : `one of ${values.join(', ')}`;
}

function example(path: Path, { schema }: Context): string {
  const { type, examples: [first] = [], default: fallback } = schemaAt(schema, path) ?? {};
  const value = first ?? (type === 'boolean' ? undefined : fallback);
  if (value === undefined) return '';
  return ` such as ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

/** What stands there instead; the value itself only where it was one of a few words, so that no secret is shown. */
function actual(path: Path, { settings, schema }: Context): string {
  const value = settingAt(settings, path);
  if (value === undefined) return '';
  if (Array.isArray(value)) return ', not a list';
  if (isSettings(value)) return ', not a map';
  if (typeof value !== 'string') return `, not ${JSON.stringify(value)}`;
  return schemaAt(schema, path)?.enum === undefined ? ', not text' : `, not "${value}"`;
}
