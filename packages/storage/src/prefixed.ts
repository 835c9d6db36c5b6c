import { checkDirectory, checkPath } from './path.ts';
import type { StorageDriver } from './driver.ts';

/**
 * A driver whose root is a directory of another driver: `/a` here is `<prefix>/a` there. Deleting the prefix itself is left to
 * who owns the other driver. Optional members stay absent where they are.
 *
 * @param prefix a path of the storage contract.
 * @throws {StorageError} `invalid-path`, when the prefix is none.
 */
export function prefixed(driver: StorageDriver, prefix: string): StorageDriver {
  checkPath(prefix, 'use prefix');
  // Checked before it is joined: what is wrong on its own must not become right behind a prefix.
  const at = (path: string, operation: string): string => {
    checkPath(path, operation);
    return prefix + path;
  };
  const directoryAt = (path: string, operation: string): string => {
    checkDirectory(path, operation);
    return path === '/' ? prefix : prefix + path;
  };
  const { compose, url } = driver;
  return {
    name: `${driver.name} under ${prefix}`,
    conditional: driver.conditional,
    async stat(path, options) {
      if (path === '/') return { kind: 'directory' };
      return driver.stat(at(path, 'stat'), options);
    },
    read: async (path, options) => driver.read(at(path, 'read'), options),
    get: async (path, options) => driver.get(at(path, 'get'), options),
    put: async (path, bytes, options) => driver.put(at(path, 'put'), bytes, options),
    // An invalid path stays invalid when it is joined, and the driver has to end the source anyway.
    write: async (path, source, options) =>
      driver.write(isJoinable(path) ? prefix + path : path, source, options),
    async *list(directory, options) {
      yield* driver.list(directoryAt(directory, 'list'), options);
    },
    move: async (from, to, options) => driver.move(at(from, 'move'), at(to, 'move'), options),
    delete: async (path, options) => driver.delete(at(path, 'delete'), options),
    ...(compose === undefined
      ? {}
      : {
          compose: async (parts, to, options) =>
            compose(
              parts.map((part) => at(part, 'compose')),
              at(to, 'compose'),
              options,
            ),
        }),
    ...(url === undefined ? {} : { url: async (path, options) => url(at(path, 'link to'), options) }),
  };
}

function isJoinable(path: string): boolean {
  return path.startsWith('/');
}
