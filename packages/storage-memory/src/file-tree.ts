import { StorageError, type Version } from '@lading/storage';

/** What lies at a path. Its bytes are never written to again, so a reader may keep them. */
export interface TreeFile {
  readonly bytes: Uint8Array;
  readonly modified: number;
  readonly version: Version;
}

/** Files by path, and what lies in each directory, so that a list costs as much as what it tells. */
export interface FileTree {
  readonly get: (path: string) => TreeFile | undefined;
  readonly isDirectory: (path: string) => boolean;
  /** Names in a directory, with whether each is a directory itself. */
  readonly children: (directory: string) => ReadonlyMap<string, 'file' | 'directory'>;
  /** @throws {StorageError} `invalid-path`, where a file and a directory would have the same name. */
  readonly set: (path: string, file: TreeFile) => void;
  readonly remove: (path: string) => void;
}

const nothing: ReadonlyMap<string, 'file' | 'directory'> = new Map();

export function createFileTree(): FileTree {
  const files = new Map<string, TreeFile>();
  const directories = new Map<string, Map<string, 'file' | 'directory'>>([['/', new Map()]]);

  const enter = (path: string, kind: 'file' | 'directory'): void => {
    const { parent, name } = split(path);
    const siblings = directories.get(parent);
    if (siblings !== undefined) {
      siblings.set(name, kind);
      return;
    }
    directories.set(parent, new Map([[name, kind]]));
    enter(parent, 'directory');
  };

  const leave = (path: string): void => {
    const { parent, name } = split(path);
    const siblings = directories.get(parent);
    siblings?.delete(name);
    if (siblings?.size !== 0 || parent === '/') return;
    directories.delete(parent);
    leave(parent);
  };

  return {
    get: (path) => files.get(path),
    isDirectory: (path) => directories.has(path),
    children: (directory) => directories.get(directory) ?? nothing,
    set(path, file) {
      if (!files.has(path)) {
        checkNames(path);
        enter(path, 'file');
      }
      files.set(path, file);
    },
    remove(path) {
      if (files.delete(path)) leave(path);
    },
  };

  // Stricter than an object store, so that a layout which works here works on files.
  function checkNames(path: string): void {
    const state = (at: string): string => `${JSON.stringify(at)} cannot be a file and a directory`;
    if (directories.has(path))
      throw new StorageError('invalid-path', { operation: 'store', path, state: state(path) });
    for (let at = split(path).parent; at !== '/'; at = split(at).parent) {
      if (directories.has(at)) return;
      if (files.has(at))
        throw new StorageError('invalid-path', { operation: 'store', path, state: state(at) });
    }
  }
}

function split(path: string): { readonly parent: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return { parent: slash === 0 ? '/' : path.slice(0, slash), name: path.slice(slash + 1) };
}
