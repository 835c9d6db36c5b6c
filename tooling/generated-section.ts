// Parts of a document that a script writes: `<!-- name:start -->` … `<!-- name:end -->`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Brings the section `name` of `file` in line with `text`. Without `write` it only looks.
 * Returns the problem, or nothing when all is well.
 */
export function generatedSection(
  file: string,
  name: string,
  text: string,
  write: boolean,
): string | undefined {
  const start = `<!-- ${name}:start -->`;
  const end = `<!-- ${name}:end -->`;
  const document = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  if (from < 0 || to < from) return `${file}: no section "${start}" … "${end}"`;

  const current = document.slice(from + start.length, to);
  const wanted = `\n${text.trim()}\n`;
  if (current === wanted) return undefined;
  if (!write) return `${file}: the section "${name}" is out of date, run with --write`;
  writeFileSync(file, document.slice(0, from + start.length) + wanted + document.slice(to));
  return undefined;
}

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
