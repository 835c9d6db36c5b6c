import { type Entry, StorageError, type StorageDriver, type StorageErrorKind } from '@lading/storage';

/** A call of a driver on its way in. */
export interface Attempt {
  /** Counts from 1. */
  readonly number: number;
  readonly operation: string;
  readonly path: string;
}

/** The same driver, with a callback before each call: it may fail it by throwing, or hold it back. */
export function guarded(
  driver: StorageDriver,
  before: (attempt: Attempt) => void | Promise<void>,
): StorageDriver {
  let number = 0;
  const begin = async (operation: string, path: string): Promise<void> => {
    number += 1;
    await before({ number, operation, path });
  };
  const { compose } = driver;
  return {
    name: driver.name,
    conditional: driver.conditional,
    stat: async (path, options) => (await begin('stat', path), driver.stat(path, options)),
    get: async (path, options) => (await begin('get', path), driver.get(path, options)),
    read: async (path, options) => (await begin('read', path), driver.read(path, options)),
    put: async (path, bytes, options) => (await begin('put', path), driver.put(path, bytes, options)),
    async write(path, source, options) {
      try {
        await begin('write', path);
      } catch (error) {
        await source[Symbol.asyncIterator]().return?.();
        throw error;
      }
      return driver.write(path, source, options);
    },
    move: async (from, to, options) => (await begin('move', from), driver.move(from, to, options)),
    delete: async (path, options) => (await begin('delete', path), driver.delete(path, options)),
    async *list(directory, options): AsyncGenerator<Entry, void, undefined> {
      await begin('list', directory);
      yield* driver.list(directory, options);
    },
    ...(compose === undefined
      ? {}
      : { compose: async (parts, to, options) => (await begin('compose', to), compose(parts, to, options)) }),
  };
}

/** A driver whose calls fail where `when` says so. */
export function failing(
  driver: StorageDriver,
  when: (attempt: Attempt) => boolean,
  kind: StorageErrorKind = 'unavailable',
): StorageDriver {
  return guarded(driver, (attempt) => {
    if (when(attempt)) throw new StorageError(kind, { ...attempt, cause: new Error('injected') });
  });
}
