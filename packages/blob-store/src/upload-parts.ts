import type { Cancellable } from '@lading/repository';
import { type StorageDriver, isStorageError } from '@lading/storage';
import { noMark } from './upload-token.ts';

/** A part of an upload: an immutable file of its own, whose name tells where it belongs. */
export interface Part {
  /** Where its bytes begin in the upload. */
  readonly offset: number;
  /** Mark of the part before it; {@link noMark} for the first. */
  readonly previous: string;
  /** Its own mark: 96 random bits, so that no name is ever written twice. */
  readonly mark: string;
}

const grammar = /^(0|[1-9][0-9]{0,15})\.(0|[a-f0-9]{24})\.([a-f0-9]{24})$/;

/** `<offset>.<previous mark>.<own mark>` */
export function formatPart({ offset, previous, mark }: Part): string {
  return `${offset}.${previous}.${mark}`;
}

export function parsePart(name: string): Part | undefined {
  const [, offset, previous, mark] = grammar.exec(name) ?? [];
  if (offset === undefined || previous === undefined || mark === undefined) return undefined;
  return { offset: Number(offset), previous, mark };
}

/** A new mark. */
export function createMark(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

/** The parts of an upload that lie in a directory, in no order. */
export async function listParts(
  storage: StorageDriver,
  directory: string,
  options?: Cancellable,
): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const { name, kind } of storage.list(directory, options)) {
    const part = kind === 'file' ? parsePart(name) : undefined;
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

/** The chain of parts from the first to the one with this mark, or `undefined` when it is not whole. */
export function chainTo(parts: readonly Part[], mark: string): Part[] | undefined {
  const byMark = new Map(parts.map((part) => [part.mark, part]));
  const chain: Part[] = [];
  for (let next = mark; next !== noMark;) {
    const part = byMark.get(next);
    // A part that begins where it should not, or a ring, is nothing that we ever wrote.
    if (part === undefined || chain.length > parts.length) return undefined;
    chain.unshift(part);
    next = part.previous;
  }
  return chain;
}

/**
 * The longest way on from a mark: parts that followed, of which the client may not have heard. Where two writers forked, the one that got
 * farther.
 */
export async function longestFrom(
  storage: StorageDriver,
  directory: string,
  parts: readonly Part[],
  start: { readonly mark: string; readonly offset: number },
  options?: Cancellable,
): Promise<{ mark: string; offset: number }> {
  const following = Map.groupBy(parts, ({ previous }) => previous);
  let best = { ...start };
  const open = [{ ...start }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.offset > best.offset) best = at;
    for (const part of following.get(at.mark) ?? []) {
      if (part.offset !== at.offset) continue;
      const size = await sizeOf(storage, `${directory}/${formatPart(part)}`, options);
      if (size !== undefined && size > 0) open.push({ mark: part.mark, offset: part.offset + size });
    }
  }
  return best;
}

async function sizeOf(
  storage: StorageDriver,
  path: string,
  options?: Cancellable,
): Promise<number | undefined> {
  try {
    const found = await storage.stat(path, options);
    return found.kind === 'file' ? found.size : undefined;
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined;
    throw error;
  }
}
