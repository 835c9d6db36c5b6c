import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { pullImage, pushImage } from './client.ts';
import { runProgram, serve, temporaryDirectory, writeConfiguration } from './program.ts';

const run = promisify(execFile);

/**
 * A driver as somebody else would publish it: plain JavaScript that knows nothing of this repository, not even its
 * packages. Only the brand of a failure and the shape of the functions are agreed.
 */
const driverSource = `
import { createHash } from 'node:crypto';

const brand = Symbol.for('@lading/storage/StorageError');

class Failure extends Error {
  constructor(kind, operation, path, cause) {
    super(\`Cannot \${operation} "\${path}": \${kind}\`, { cause });
    Object.assign(this, { name: 'StorageError', kind, path });
    Object.defineProperty(this, brand, { value: true });
  }
}

const grammar = /^(?:\\/[A-Za-z0-9._-]{1,255})+$/;

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
      if (other.startsWith(path + '/') || path.startsWith(other + '/')) throw new Failure('invalid-path', operation, path);
    }
  };
  const keep = (path, bytes, operation, { ifAbsent, ifVersion } = {}) => {
    if (ifAbsent && files.has(path)) throw new Failure('exists', operation, path);
    if (ifVersion !== undefined && files.get(path)?.version !== ifVersion) throw new Failure('changed', operation, path);
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
      if (found) return { kind: 'file', size: found.bytes.byteLength, modified: found.modified, version: found.version };
      const prefix = path === '/' ? '/' : path + '/';
      if (path === '/' || [...files.keys()].some((name) => name.startsWith(prefix))) return { kind: 'directory' };
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
      if (offset > bytes.byteLength) throw new Failure('invalid-range', 'read', path);
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
      for (const path of [...files.keys()]) {
        const found = files.get(path);
        if (found === undefined || !path.startsWith(prefix)) continue;
        const name = path.slice(prefix.length);
        const slash = name.indexOf('/');
        if (recursive || slash < 0) yield { name, kind: 'file', size: found.bytes.byteLength, modified: found.modified };
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
      for (const name of [...files.keys()]) if (name === path || name.startsWith(path + '/')) files.delete(name);
    },
  };
}

async function* abortable(source, signal) {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
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
`;

test('a driver package from outside works by its name in the configuration alone', async (t) => {
  const away = await temporaryDirectory(t);
  const source = join(away, 'source');
  await mkdir(join(source, 'lib'), { recursive: true });
  await writeFile(join(source, 'lib/driver.js'), driverSource);
  await writeFile(
    join(source, 'package.json'),
    JSON.stringify({
      name: '@acme/storage-x',
      version: '1.0.0',
      type: 'module',
      exports: { '.': { import: './lib/driver.js' } },
    }),
  );
  const project = join(away, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{"private":true}');
  await run('npm', ['pack', '--silent', '--pack-destination', away], { cwd: source });
  const [tarball = ''] = (await readdir(away)).filter((name) => name.endsWith('.tgz'));
  const offline = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...offline, join(away, tarball)], { cwd: project });
  await writeConfiguration(
    project,
    'version: 0.1\nstorage: {module: "@acme/storage-x", options: {greeting: hello}}\nhttp: {addr: "127.0.0.1:0"}\n',
  );
  // From another directory: it is the place of the configuration that counts.
  const args = (command: string): string[] => [command, join(project, 'config.yml')];

  const check = await runProgram(t, { args: args('check-storage') });
  assert.match(check.stdout, /^Trying out acme, below /);
  assert.match(
    check.stdout,
    /\n\d+ passed, 0 failed, \d+ skipped\n$/,
    check.stdout.match(/^FAIL.*\n.*/gm)?.join('\n'),
  );
  assert.equal(check.status, 0);

  const { url, lines } = await serve(t, { args: args('serve') });
  assert.equal(lines().find(({ message }) => message.startsWith('listening'))?.['data'], 'acme');
  await pullImage(url, 'a', 'v1', await pushImage(url, 'a', 'v1'));

  const wrong = await runProgram(t, {
    args: args('check-storage'),
    environment: { REGISTRY_STORAGE_OPTIONS_GREETING: 'bye' },
  });
  assert.equal(
    wrong.stderr,
    'Cannot make the storage driver "@acme/storage-x": the option "greeting" is wanted\n',
  );
});

test('check-storage tells what a driver gets wrong', async (t) => {
  const directory = await temporaryDirectory(t);
  const forgetful = driverSource.replace(
    "if (offset > bytes.byteLength) throw new Failure('invalid-range', 'read', path);",
    '',
  );
  assert.notEqual(forgetful, driverSource);
  await writeFile(join(directory, 'forgetful.mjs'), forgetful);
  await writeConfiguration(
    directory,
    'version: 0.1\nstorage: {module: ./forgetful.mjs, options: {greeting: hello}}\n',
  );
  const { status, stdout } = await runProgram(t, { directory, args: ['check-storage', 'config.yml'] });
  assert.equal(status, 1);
  assert.match(stdout, /^FAIL {2}ranges: .*\n {6}\S/m);
  assert.match(stdout, /\n\d+ passed, [1-9]\d* failed, \d+ skipped\n$/);
});

test('check-storage finds out whether anybody could read the key that signs uploads', async (t) => {
  const open = createServer((_request, response) => response.end('x')).listen(0, '127.0.0.1');
  const closed = createServer((_request, response) => response.writeHead(403).end()).listen(0, '127.0.0.1');
  t.after(() => [open, closed].map((server) => server.close()));
  const lines = await Promise.all(
    [open, closed].map(async (server) => {
      if (!server.listening) await once(server, 'listening');
      const directory = await temporaryDirectory(t);
      const { port } = server.address() as AddressInfo;
      const linking = `${driverSource.replace('export function storage', 'function plain')}
        export const storage = (options) => ({ ...plain(options), url: async (path) => 'http://127.0.0.1:${port}' + path + '?signature=x' });`;
      await writeFile(join(directory, 'linking.mjs'), linking);
      await writeConfiguration(
        directory,
        'version: 0.1\nstorage: {module: ./linking.mjs, options: {greeting: hello}}\n',
      );
      const { stdout } = await runProgram(t, { directory, args: ['check-storage', 'config.yml'] });
      return stdout.split('\n').findLast((line) => line.includes('secrecy: '));
    }),
  );
  assert.deepEqual(lines, [
    'FAIL  secrecy: what is confidential cannot be read without a signature',
    'ok    secrecy: what is confidential cannot be read without a signature',
  ]);
});
