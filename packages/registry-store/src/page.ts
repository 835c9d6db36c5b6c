import type { Page, PageOptions } from '@lading/repository';

/** A page of names that are sorted and told once. */
export function pageOf(sorted: readonly string[], { after, limit }: PageOptions = {}): Page<string> {
  const start = after === undefined ? 0 : indexAfter(sorted, after);
  const end = limit === undefined ? sorted.length : Math.min(sorted.length, start + limit);
  const items = start === 0 && end === sorted.length ? sorted : sorted.slice(start, end);
  const last = items.at(-1);
  return end < sorted.length && last !== undefined ? { items, next: last } : { items };
}

/** Where the first name after this one is, whether this one is there or not. */
function indexAfter(sorted: readonly string[], name: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') <= name) low = middle + 1;
    else high = middle;
  }
  return low;
}
