import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

const sane = /^[\w.:@/+=-]{1,128}$/;

/** Takes the id that a proxy gave a request, when it looks like one; else makes one. */
export function requestIds(): (given: string | undefined) => string {
  // Unique by the process, and cheap by the count.
  const process = randomBytes(8).toString('hex');
  let count = 0;
  return (given) =>
    given !== undefined && sane.test(given) ? given : `${process}-${(++count).toString(36)}`;
}

const current = new AsyncLocalStorage<string>();

/** Runs something that belongs to a request, so that whatever it leads to can tell the request's id. */
export function withRequestId<T>(id: string, run: () => T): T {
  return current.run(id, run);
}

/** The id of the request that led here. */
export function currentRequestId(): string | undefined {
  return current.getStore();
}
