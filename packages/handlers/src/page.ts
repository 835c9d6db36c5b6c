import { RegistryError } from '@lading/errors';
import { locate } from './location.ts';
import type { RegistryRequest } from './message.ts';
import type { Settings } from './options.ts';

/** Which page of a list is asked for. */
export interface PageRequest {
  /** Entries wanted, at most `limit` of the setting; 0 for an empty answer. */
  readonly count: number;
  /** The entry after which the page begins. */
  readonly after: string | undefined;
}

const digits = /^\d+$/;

/**
 * Reads `n` and `last` (distribution-spec, "Listing Tags"). More than `limit` are not given at once: a `Link` leads on.
 *
 * @throws {RegistryError} PAGINATION_NUMBER_INVALID when `n` is no number of entries.
 */
export function pageOf(query: URLSearchParams, limit: number): PageRequest {
  const last = query.get('last') ?? '';
  const n = query.get('n') ?? '';
  if (n !== '' && !digits.test(n)) {
    throw new RegistryError('PAGINATION_NUMBER_INVALID', { detail: { n: n.slice(0, 100) } });
  }
  return { count: n === '' ? limit : Math.min(Number(n), limit), after: last === '' ? undefined : last };
}

/** The header that leads to the next page (RFC 8288). */
export function linkTo(
  path: string,
  parameters: Readonly<Record<string, string>>,
  request: RegistryRequest,
  settings: Settings,
): readonly string[] {
  const query = new URLSearchParams(parameters);
  return ['Link', `<${locate(path, request, settings)}?${query}>; rel="next"`];
}
