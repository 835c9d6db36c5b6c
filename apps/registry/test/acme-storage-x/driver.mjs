// A driver as somebody else would publish it: plain JavaScript that knows nothing of this repository, not even its packages.
// Only the brand of a failure and the shape of the functions are agreed.
import { createHash } from 'node:crypto';

const brand = Symbol.for('@lading/storage/StorageError');

class Failure extends Error {
  constructor(kind, operation, path, cause) {
    super(`Cannot ${operation} "${path}": ${kind}`, { cause });
    Object.assign(this, { name: 'StorageError', kind, path });
    Object.defineProperty(this, brand, { value: true });
  }
}

const isCount = (number) => number >= 0 && (number === Infinity || Number.isInteger(number));
const grammar = /^(?:\/[A-Za-z0-9._-]{1,255})+$/;

export function storage({ greeting }) {
  if (greeting !== 'hello') throw new Error('the option "greeting" is wanted');
  const files = new Map();
  let clock = 0;

  const check = (path, operation, root = false) => {
    if (root && path === '/') return;
    const dots = path.split('/').some((part) => part === '.' || part === '..');
    if (path.length > 900 || dots || !grammar.test(path)) throw new Failure('invalid-path', operation, path);
  };
  const file = (path, operation) => {
    const found = files.get(path);
    if (found === undefined) throw new Failure('not-found', operation, path);
    return found;
  };
  const clash = (path, operation) => {
    for (const other of files.keys()) {
      if (other.startsWith(path + '/') || path.startsWith(other + '/'))
        throw new Failure('invalid-path', operation, path);
    }
  };
  const keep = (path, bytes, operation, { ifAbsent, ifVersion } = {}) => {
    if (ifAbsent && files.has(path)) throw new Failure('exists', operation, path);
    if (ifVersion !== undefined && files.get(path)?.version !== ifVersion)
      throw new Failure('changed', operation, path);
    clash(path, operation);
    const version = createHash('sha256').update(bytes).digest('hex') + ++clock;
    files.set(path, { bytes, version, modified: Date.now() });
    return version;
  };
  const end = async (source, error) => {
    const iterator = source[Symbol.asyncIterator]();
    await iterator.return?.();
    throw error;
  };

  return {
    name: 'acme',
    conditional: true,
    async stat(path, { signal } = {}) {
      check(path, 'stat', true);
      signal?.throwIfAborted();
      const found = files.get(path);
      if (found)
        return {
          kind: 'file',
          size: found.bytes.byteLength,
          modified: found.modified,
          version: found.version,
        };
      const prefix = path === '/' ? '/' : path + '/';
      if (path === '/' || [...files.keys()].some((name) => name.startsWith(prefix)))
        return { kind: 'directory' };
      throw new Failure('not-found', 'stat', path);
    },
    async get(path, { signal } = {}) {
      check(path, 'get');
      signal?.throwIfAborted();
      const { bytes, ...rest } = file(path, 'get');
      return { ...rest, bytes: bytes.slice() };
    },
    async read(path, { offset = 0, length = Infinity, signal } = {}) {
      check(path, 'read');
      signal?.throwIfAborted();
      const { bytes } = file(path, 'read');
      if (offset > bytes.byteLength || !isCount(offset) || !isCount(length))
        throw new Failure('invalid-range', 'read', path);
      const part = bytes.slice(offset, Math.min(bytes.byteLength, offset + length));
      let position = 0;
      let over = false;
      const iterator = {
        async next() {
          if (over || position >= part.byteLength) return { done: true, value: undefined };
          if (signal?.aborted) {
            over = true;
            throw signal.reason;
          }
          const value = part.slice(position, position + 65536);
          position += value.byteLength;
          return { done: false, value };
        },
        async return() {
          over = true;
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]: () => iterator,
      };
      return iterator;
    },
    async write(path, source, { size, signal, ifAbsent } = {}) {
      try {
        check(path, 'write');
        signal?.throwIfAborted();
        if (ifAbsent && files.has(path)) throw new Failure('exists', 'write', path);
      } catch (error) {
        return end(source, error);
      }
      const chunks = [];
      let total = 0;
      for await (const chunk of abortable(source, signal)) {
        chunks.push(chunk.slice());
        total += chunk.byteLength;
        if (size !== undefined && total > size) throw new Failure('invalid-range', 'write', path);
      }
      if (size !== undefined && total !== size) throw new Failure('invalid-range', 'write', path);
      keep(path, new Uint8Array(Buffer.concat(chunks)), 'write', { ifAbsent });
      return total;
    },
    async put(path, bytes, options = {}) {
      check(path, 'put');
      options.signal?.throwIfAborted();
      return keep(path, new Uint8Array(bytes), 'put', options);
    },
    async *list(directory, { recursive = false, signal } = {}) {
      check(directory, 'list', true);
      signal?.throwIfAborted();
      const prefix = directory === '/' ? '/' : directory + '/';
      const told = new Set();
      for (const path of Array.from(files.keys())) {
        const found = files.get(path);
        if (found === undefined || !path.startsWith(prefix)) continue;
        const name = path.slice(prefix.length);
        const slash = name.indexOf('/');
        if (recursive || slash < 0)
          yield { name, kind: 'file', size: found.bytes.byteLength, modified: found.modified };
        else if (!told.has(name.slice(0, slash))) {
          told.add(name.slice(0, slash));
          yield { name: name.slice(0, slash), kind: 'directory' };
        }
        signal?.throwIfAborted();
      }
    },
    async move(from, to, { signal } = {}) {
      check(from, 'move');
      check(to, 'move');
      signal?.throwIfAborted();
      const { bytes } = file(from, 'move');
      if (from === to) return;
      clash(to, 'move');
      files.delete(from);
      keep(to, bytes, 'move');
    },
    async delete(path, { signal } = {}) {
      check(path, 'delete');
      signal?.throwIfAborted();
      for (const name of files.keys()) if (name === path || name.startsWith(path + '/')) files.delete(name);
    },
  };
}

async function* abortable(source, signal) {
  const iterator = source[Symbol.asyncIterator]();
  const { promise: aborted, reject } = Promise.withResolvers();
  if (signal?.aborted) reject(signal.reason);
  signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    iterator.return?.().catch?.(() => undefined);
  }
}
