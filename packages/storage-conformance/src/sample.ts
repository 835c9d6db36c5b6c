import { type ByteStream, byteStream } from '@lading/bytes';
import type { Entry, StorageDriver } from '@lading/storage';

/** Bytes that look random, the same for the same length and seed; no two parts of them are alike. */
export function sample(length: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = (seed * 2_654_435_769) >>> 0 || 1;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export async function textAt(driver: StorageDriver, path: string): Promise<string> {
  const { bytes } = await driver.get(path);
  return new TextDecoder().decode(bytes);
}

export async function putText(driver: StorageDriver, path: string, text: string): Promise<string> {
  return driver.put(path, bytesOf(text));
}

/** What lies in a directory, as sorted lines: `name` of a file, `name/` of a directory. */
export async function namesIn(
  driver: StorageDriver,
  directory: string,
  recursive = false,
): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await entriesIn(driver, directory, recursive)) {
    names.push(entry.kind === 'directory' ? `${entry.name}/` : entry.name);
  }
  return names.sort();
}

export async function entriesIn(
  driver: StorageDriver,
  directory: string,
  recursive = false,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of driver.list(directory, { recursive })) entries.push(entry);
  return entries;
}

export async function kindAt(driver: StorageDriver, path: string): Promise<'file' | 'directory' | 'nothing'> {
  try {
    return (await driver.stat(path)).kind;
  } catch (error) {
    if ((error as { readonly kind?: unknown }).kind === 'not-found') return 'nothing';
    throw error;
  }
}

/** A stream that can be watched, and held back. */
export interface Source {
  readonly stream: ByteStream;
  /** Whether its consumer finished it or called `return()`. */
  readonly ended: () => boolean;
  /** Resolves when its consumer has asked for the chunk at which it waits. */
  readonly waiting: Promise<void>;
}

/**
 * A stream of some chunks.
 *
 * @param then what comes after them: the end, a failure, or nothing at all until something happens.
 */
export function sourceOf(
  chunks: readonly Uint8Array[],
  then: { readonly failure?: unknown; readonly until?: Promise<unknown> } = {},
): Source {
  const { promise: waiting, resolve: wait } = Promise.withResolvers<void>();
  let index = 0;
  let ended = false;
  const stream = byteStream({
    async pull() {
      const chunk = chunks[index];
      index += 1;
      if (chunk !== undefined) return chunk;
      wait();
      await then.until;
      if ('failure' in then) throw then.failure;
      return undefined;
    },
    close() {
      ended = true;
    },
  });
  return { stream, ended: () => ended, waiting };
}

/** Nothing that happens. */
export const never: Promise<never> = new Promise<never>(() => undefined);

/** Runs many at once, and tells who succeeded. */
export async function race<T>(
  runs: readonly (() => Promise<T>)[],
): Promise<readonly PromiseSettledResult<T>[]> {
  return Promise.allSettled(runs.map((run) => run()));
}

/** Looks at something again and again while some work is under way; fails with whichever fails. */
export async function during(work: Promise<void>, look: () => Promise<void>): Promise<void> {
  const state = { busy: true };
  const lookOn = async (): Promise<void> => {
    while (state.busy) {
      await look();
      // A driver may answer at once; then nothing else would ever come to run.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
  const end = work.finally(() => {
    state.busy = false;
  });
  await Promise.all([end, lookOn()]);
}
