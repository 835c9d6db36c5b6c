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
