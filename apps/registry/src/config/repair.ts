import type { z } from 'zod';
import type { Origins } from './origins.ts';
import { isSettings, settingAt } from './settings.ts';
import type { Path, Setting } from './settings.ts';

type Issue = z.core.$ZodIssue;

/** Truth values of YAML 1.1, which Distribution takes. */
const words: Readonly<Record<string, boolean>> = {
  y: true,
  yes: true,
  on: true,
  n: false,
  no: false,
  off: false,
};

/**
 * Puts right what only YAML got wrong, as Distribution does: text that looks like a number or a truth
 * value (`secret: 0123`), a truth value that looks like text (`enabled: yes`), a word in capitals
 * (`level: INFO`).
 *
 * @returns whether anything was changed, so that it is worth checking again.
 */
export function repair(settings: Setting, origins: Origins, issues: readonly Issue[]): boolean {
  let repaired = false;
  for (const issue of flatten(issues, [])) {
    const value = settingAt(settings, issue.path);
    const better = repairedValue(issue.issue, value, origins.get(issue.path)?.plain);
    if (better === undefined || better === value) continue;
    const parent = settingAt(settings, issue.path.slice(0, -1));
    const key = issue.path.at(-1) ?? '';
    if (isSettings(parent)) parent[key] = better;
    else if (Array.isArray(parent)) (parent as Setting[])[Number(key)] = better;
    repaired = true;
  }
  return repaired;
}

function repairedValue(
  issue: Issue,
  value: Setting | undefined,
  plain: string | undefined,
): Setting | undefined {
  if (issue.code === 'invalid_type') {
    const scalar = typeof value === 'number' || typeof value === 'boolean';
    if (issue.expected === 'string' && scalar) return plain;
    if (issue.expected === 'boolean' && plain !== undefined) return words[plain.toLowerCase()];
  }
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const lower = value.toLowerCase();
    return issue.values.includes(lower) ? lower : undefined;
  }
  return undefined;
}

/** The issues with those of every alternative of a union, all with their whole path. */
function flatten(issues: readonly Issue[], path: Path): { readonly issue: Issue; readonly path: Path }[] {
  return issues.flatMap((issue) => {
    const here = [...path, ...issue.path] as Path;
    const nested =
      issue.code === 'invalid_union' ? issue.errors.flatMap((errors) => flatten(errors, here)) : [];
    return [{ issue, path: here }, ...nested];
  });
}
