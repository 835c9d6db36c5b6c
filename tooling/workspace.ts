// What the scripts know about the workspace: its packages, read from disk.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export const scope = '@lading/';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  /** Without the scope: `bytes`. */
  readonly name: string;
  /** From the root: `packages/bytes`. */
  readonly path: string;
  readonly directory: string;
  readonly manifest: Manifest;
}

/** A row of the layer table. */
export interface Layer {
  readonly layer: number;
  readonly name: string;
  /** `any`, or the runtimes that have what it needs. Only `any` excludes `node:` modules. */
  readonly runsOn: string;
  /** A storage driver: nothing but an app may import it. */
  readonly driver?: boolean;
}

/** Every package and app, by layer and then in the order of the layer table. */
export function packages(root: string): Package[] {
  const order = layers(root).map(({ name }) => name);
  return globSync(['packages/*/package.json', 'apps/*/package.json'], { cwd: root })
    .map((file) => {
      const path = file.slice(0, -'/package.json'.length);
      const directory = join(root, path);
      const manifest = readJson<Manifest>(join(directory, 'package.json'));
      return { name: basename(path), path, directory, manifest };
    })
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

export function layers(root: string): Layer[] {
  return readJson<Layer[]>(join(root, 'tooling/layers.json'));
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** The TypeScript files below a directory of a package, relative to the package. */
export function sourceFiles({ directory }: Package, folder: 'src' | 'test'): string[] {
  if (!existsSync(join(directory, folder))) return [];
  return globSync(`${folder}/**/*.ts`, { cwd: directory }).sort();
}
