import type { Page, PageOptions } from '@lading/repository';
import { ok } from './check.ts';

/** Everything that pages of some size tell, one after the other. Throws when they do not end, or one that has a next is not full. */
export async function joinPages<T>(
  list: (options: PageOptions) => Promise<Page<T>>,
  limit: number,
): Promise<T[]> {
  const found: T[] = [];
  for (let after: string | undefined; ;) {
    const page = await list(after === undefined ? { limit } : { limit, after });
    found.push(...page.items);
    if (page.next === undefined) return found;
    ok(page.items.length === limit, `a page of ${limit} that has a next is full`);
    ok(found.length < 100, 'pages end');
    after = page.next;
  }
}
