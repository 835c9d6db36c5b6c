/** The benchmark's figures as a table, and that table in a document. */
import { cpus, release, totalmem } from 'node:os';
import type { RegistryKind } from '../peers/registries.ts';
import type { Target } from './rows.ts';

/** One row's figures, a round each. */
export interface Result {
  readonly work: string;
  readonly unit: string;
  readonly target: Target;
  readonly figures: Readonly<Record<RegistryKind, readonly number[]>>;
}

export interface Verdict {
  readonly distribution: number;
  readonly lading: number;
  /** Ours over the peer's medians, and its extremes over the rounds. */
  readonly ratio: number;
  readonly lowest: number;
  readonly highest: number;
  readonly met: boolean;
}

export function judge({ target, figures }: Result): Verdict {
  const distribution = median(figures.distribution);
  const lading = median(figures.lading);
  const ratio = lading / distribution;
  const ratios = figures.lading.map((figure, round) => figure / (figures.distribution[round] ?? Number.NaN));
  return {
    distribution,
    lading,
    ratio,
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    met: isMet(),
  };

  function isMet(): boolean {
    if (target.kind === 'under') return lading < target.limit;
    return target.kind === 'at least' ? ratio >= target.ratio : ratio <= target.ratio;
  }
}

/** A Markdown table, aligned so that it reads as plain text too. */
export function toTable(results: readonly Result[]): string {
  const head = ['work', 'Distribution', 'Lading', 'ratio (of the rounds)', 'target', ''];
  const body = results.map((result) => {
    const { distribution, lading, ratio, lowest, highest, met } = judge(result);
    const range = Number.isNaN(ratio)
      ? ''
      : `${ratio.toFixed(2)}× (${lowest.toFixed(2)} to ${highest.toFixed(2)})`;
    return [
      result.work,
      figure(distribution, result.unit),
      figure(lading, result.unit),
      range,
      describeTarget(result),
      met ? 'met' : 'MISSED',
    ];
  });
  const cells = [head, ...body];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join(
    '\n',
  );
}

/** The machine and what the runtimes are, without anything that names it. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${memory}, Linux ${release().split('-')[0]}`;
}

/** Puts text between the markers of a document. */
export function replaceBetweenMarkers(document: string, text: string): string {
  const [begin, end] = ['<!-- bench:begin -->', '<!-- bench:end -->'];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`Cannot write the table: the document has no "${begin}" … "${end}"`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}

export function figure(value: number, unit: string): string {
  if (Number.isNaN(value)) return '';
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  const number = value.toLocaleString('en', { maximumFractionDigits: digits });
  return unit.startsWith('/') ? `${number}${unit}` : `${number} ${unit}`;
}

function describeTarget({ target, unit }: Result): string {
  if (target.kind === 'under') return `under ${figure(target.limit, unit)}`;
  return `${target.kind} ${target.ratio}×`;
}

function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
