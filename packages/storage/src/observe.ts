import { type ByteStream, byteStream } from '@lading/bytes';
import type { Entry, StorageDriver } from './driver.ts';

/** One call of a driver, after it ended. */
export interface StorageCall {
  /** Name of the driver. */
  readonly driver: string;
  readonly operation:
    | 'stat'
    | 'read'
    | 'get'
    | 'write'
    | 'put'
    | 'list'
    | 'move'
    | 'delete'
    | 'compose'
    | 'url';
  readonly path: string;
  /** Bytes read or written; 0 for calls that move none. */
  readonly bytes: number;
  /** Milliseconds, for streams and lists until their end, or until they were left. */
  readonly duration: number;
  /** What it failed with. */
  readonly error?: unknown;
}

export interface ObserveOptions {
  /** Told of every call. Must not throw. */
  readonly onCall: (call: StorageCall) => void;
  /** Milliseconds of a clock that only goes forward. Default: `performance.now`. */
  readonly now?: () => number;
}

/** The same driver, with one callback told of every call. Optional members stay absent where they are. */
export function observe(
  driver: StorageDriver,
  { onCall, now = () => performance.now() }: ObserveOptions,
): StorageDriver {
  type Operation = StorageCall['operation'];
  const begin = (operation: Operation, path: string): ((bytes: number, error?: unknown) => void) => {
    const start = now();
    return (bytes, error) => {
      const call = { driver: driver.name, operation, path, bytes, duration: now() - start };
      onCall(error === undefined ? call : { ...call, error });
    };
  };
  const told = async <T>(
    operation: Operation,
    path: string,
    run: () => Promise<T>,
    bytesOf: (result: T) => number = () => 0,
  ): Promise<T> => {
    const end = begin(operation, path);
    try {
      const result = await run();
      end(bytesOf(result));
      return result;
    } catch (error) {
      end(0, error);
      throw error;
    }
  };
  const { compose, url } = driver;
  return {
    name: driver.name,
    conditional: driver.conditional,
    stat: (path, options) => told('stat', path, () => driver.stat(path, options)),
    get: (path, options) =>
      told(
        'get',
        path,
        () => driver.get(path, options),
        (file) => file.bytes.byteLength,
      ),
    put: (path, bytes, options) =>
      told(
        'put',
        path,
        () => driver.put(path, bytes, options),
        () => bytes.byteLength,
      ),
    write: (path, source, options) =>
      told(
        'write',
        path,
        () => driver.write(path, source, options),
        (size) => size,
      ),
    move: (from, to, options) => told('move', from, () => driver.move(from, to, options)),
    delete: (path, options) => told('delete', path, () => driver.delete(path, options)),
    async read(path, options) {
      const end = begin('read', path);
      try {
        return observedStream(await driver.read(path, options), end);
      } catch (error) {
        end(0, error);
        throw error;
      }
    },
    async *list(directory, options): AsyncGenerator<Entry, void, undefined> {
      const end = begin('list', directory);
      let failure: unknown;
      try {
        yield* driver.list(directory, options);
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        // Also when the consumer has seen enough.
        end(0, failure);
      }
    },
    ...(compose === undefined
      ? {}
      : { compose: (parts, to, options) => told('compose', to, () => compose(parts, to, options)) }),
    ...(url === undefined ? {} : { url: (path, options) => told('url', path, () => url(path, options)) }),
  };
}

function observedStream(stream: ByteStream, end: (bytes: number, error?: unknown) => void): ByteStream {
  const iterator = stream[Symbol.asyncIterator]();
  let bytes = 0;
  let failure: unknown;
  return byteStream({
    async pull() {
      try {
        const step = await iterator.next();
        if (step.done === true) return undefined;
        bytes += step.value.byteLength;
        return step.value;
      } catch (error) {
        failure = error;
        throw error;
      }
    },
    async close() {
      try {
        await iterator.return?.();
      } catch (error) {
        failure ??= error;
        throw error;
      } finally {
        end(bytes, failure);
      }
    },
  });
}
