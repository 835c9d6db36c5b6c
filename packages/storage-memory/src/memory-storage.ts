import { type ByteStream, abortable, byteStream, concat, discard } from '@lading/bytes';
import {
  type Cancellable,
  type Entry,
  StorageError,
  type StorageDriver,
  type Version,
  checkDirectory,
  checkPath,
  rangeIn,
} from '@lading/storage';
import { type TreeFile, createFileTree } from './file-tree.ts';
import { walk } from './walk.ts';

export interface MemoryStorageOptions {
  /** What {@link StorageDriver.name} says. Default: `memory`. */
  readonly name?: string;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Bytes all files together may have; more is `full`. Default: no limit. */
  readonly capacity?: number;
}

const chunkSize = 256 * 1024;

/**
 * Files in this process's memory, gone with it. It does all that the contract knows but `url`. For tests, for demonstrations
 * and as the simplest true example of a driver.
 */
export function memoryStorage({
  name = 'memory',
  now = Date.now,
  capacity = Number.POSITIVE_INFINITY,
}: MemoryStorageOptions = {}): StorageDriver {
  const tree = createFileTree();
  let versions = 0;
  let used = 0;

  const nextVersion = (): Version => {
    versions += 1;
    return String(versions);
  };

  const find = (path: string, operation: string): TreeFile => {
    const file = tree.get(path);
    if (file === undefined) throw new StorageError('not-found', { operation, path });
    return file;
  };

  const remove = (path: string): void => {
    used -= tree.get(path)?.bytes.byteLength ?? 0;
    tree.remove(path);
  };

  /** Everything below is one step, so whoever looks sees the old file or the new one. */
  const store = (path: string, bytes: Uint8Array, operation: string): Version => {
    const growth = bytes.byteLength - (tree.get(path)?.bytes.byteLength ?? 0);
    if (used + growth > capacity) throw new StorageError('full', { operation, path });
    const version = nextVersion();
    tree.set(path, { bytes, modified: now(), version });
    used += growth;
    return version;
  };

  const checkAbsent = (path: string, operation: string): void => {
    if (tree.get(path) !== undefined || tree.isDirectory(path))
      throw new StorageError('exists', { operation, path });
  };

  return {
    name,
    conditional: true,

    async stat(path, options) {
      begin(path, 'stat', options, checkDirectory);
      if (tree.isDirectory(path)) return { kind: 'directory' };
      const { bytes, modified, version } = find(path, 'stat');
      return { kind: 'file', size: bytes.byteLength, modified, version };
    },

    async read(path, options = {}) {
      begin(path, 'read', options);
      const { bytes } = find(path, 'read');
      const { start, end } = rangeIn(bytes.byteLength, options, path);
      const { recycle = false, signal } = options;
      return chunksOf(bytes.subarray(start, end), recycle, signal);
    },

    async get(path, options) {
      begin(path, 'get', options);
      const { bytes, modified, version } = find(path, 'get');
      return { bytes: new Uint8Array(bytes), modified, version };
    },

    async put(path, bytes, options = {}) {
      begin(path, 'put', options);
      if (options.ifAbsent === true) checkAbsent(path, 'put');
      if (options.ifVersion !== undefined && tree.get(path)?.version !== options.ifVersion) {
        throw new StorageError('changed', { operation: 'put', path });
      }
      return store(path, new Uint8Array(bytes), 'put');
    },

    async write(path, source, { size, ifAbsent = false, signal } = {}) {
      try {
        begin(path, 'write', signal === undefined ? {} : { signal });
        if (ifAbsent) checkAbsent(path, 'write');
      } catch (error) {
        await discard(source);
        throw error;
      }
      const bytes = await gather(abortable(source, signal), path, size);
      if (ifAbsent) checkAbsent(path, 'write');
      store(path, bytes, 'write');
      return bytes.byteLength;
    },

    async *list(directory, options = {}): AsyncGenerator<Entry, void, undefined> {
      begin(directory, 'list', options, checkDirectory);
      for (const entry of walk(tree, directory, options.recursive ?? false)) {
        options.signal?.throwIfAborted();
        yield entry;
      }
    },

    async move(from, to, options) {
      checkPath(to, 'move');
      begin(from, 'move', options);
      const { bytes } = find(from, 'move');
      if (from === to) return;
      const replaced = tree.get(to)?.bytes.byteLength ?? 0;
      tree.set(to, { bytes, modified: now(), version: nextVersion() });
      tree.remove(from);
      used -= replaced;
    },

    async delete(path, options) {
      begin(path, 'delete', options);
      if (!tree.isDirectory(path)) return remove(path);
      for (const entry of walk(tree, path, true)) remove(`${path}/${entry.name}`);
    },

    async compose(parts, to, options) {
      for (const part of parts) checkPath(part, 'compose');
      begin(to, 'compose', options);
      const joined = concat(parts.map((part) => find(part, 'compose').bytes));
      store(to, joined, 'compose');
    },
  };
}

function begin(
  path: string,
  operation: string,
  options: Cancellable | undefined,
  check: (path: string, operation: string) => void = checkPath,
): void {
  check(path, operation);
  options?.signal?.throwIfAborted();
}

/** All bytes of a stream, copied: a chunk may be a part of memory that others write to. */
async function gather(source: ByteStream, path: string, size: number | undefined): Promise<Uint8Array> {
  const misfit = (): StorageError => new StorageError('invalid-range', { operation: 'write', path });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.byteLength;
    if (size !== undefined && length > size) throw misfit();
    chunks.push(chunk);
  }
  if (size !== undefined && length < size) throw misfit();
  return concat([new Uint8Array(0), ...chunks]);
}

/** Lent chunks are parts of the file itself; others are copies, since they become the reader's own. */
function chunksOf(bytes: Uint8Array, lend: boolean, signal: AbortSignal | undefined): ByteStream {
  let position = 0;
  return byteStream({
    async pull() {
      signal?.throwIfAborted();
      if (position === bytes.byteLength) return undefined;
      const chunk = bytes.subarray(position, position + chunkSize);
      position += chunk.byteLength;
      return lend ? chunk : new Uint8Array(chunk);
    },
    close() {
      position = bytes.byteLength;
    },
  });
}
