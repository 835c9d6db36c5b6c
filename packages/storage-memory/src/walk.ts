import type { Entry } from '@lading/storage';
import type { FileTree } from './file-tree.ts';

/** The entries of a directory, or every file below it. Survives changes of the tree between two entries. */
export function* walk(tree: FileTree, directory: string, recursive: boolean, below = ''): Generator<Entry> {
  const prefix = directory === '/' ? '/' : `${directory}/`;
  for (const [name, kind] of tree.children(directory)) {
    if (kind === 'directory' && recursive) {
      yield* walk(tree, prefix + name, recursive, `${below}${name}/`);
      continue;
    }
    if (kind === 'directory') {
      yield { name, kind };
      continue;
    }
    const file = tree.get(prefix + name);
    if (file === undefined) continue;
    yield { name: below + name, kind, size: file.bytes.byteLength, modified: file.modified };
  }
}
