// Keeps the architecture as it is drawn in layers.json:
//
// - a package imports only from smaller layers; tests may look sideways;
// - no package imports a driver; a driver imports `storage`, `bytes` and its vendor's client;
// - `node:` stays out of packages that run anywhere (and inside the node side of `digest`);
// - layers 0 to 2 have no dependencies, `hash-wasm` in `digest` aside;
// - what is imported is declared, what is declared is imported, and tsconfig references agree.
//
//   node tooling/check-layers.ts [--write]     --write mends references and the table in ARCHITECTURE.md
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { generatedSection, markdownTable } from './generated-section.ts';
import { layers, packages, readJson, scope, sourceFiles } from './workspace.ts';
import type { Layer, Package } from './workspace.ts';

const allowedBelowLayer3: Readonly<Record<string, readonly string[]>> = { digest: ['hash-wasm'] };

/** The Node side of a package that otherwise runs anywhere, chosen by export conditions. */
const nodeSide = /(?:-node|\.node)\.ts$/;

interface Import {
  readonly file: string;
  readonly specifier: string;
}

/** Everything that is wrong, one line each; with `write`, what can be written is written instead. */
export function checkLayers(root: string, write = false): string[] {
  const table = new Map(layers(root).map((row) => [row.name, row]));
  const all = packages(root);
  const problems = all.flatMap((pkg) => {
    const row = table.get(pkg.name);
    if (row === undefined) return [`${pkg.path}: not in tooling/layers.json`];
    return [
      ...checkImports(pkg, row, table),
      ...checkDeclarations(pkg),
      ...checkDependencies(pkg, row),
      ...checkReferences(pkg, all, write),
    ];
  });
  for (const name of table.keys()) {
    if (!all.some((pkg) => pkg.name === name))
      problems.push(`tooling/layers.json: there is no package "${name}"`);
  }
  const drawn = generatedSection(join(root, 'ARCHITECTURE.md'), 'layers', layerTable(all, table), write);
  return drawn === undefined ? problems : [...problems, relative(root, drawn)];
}

function checkImports(pkg: Package, row: Layer, table: ReadonlyMap<string, Layer>): string[] {
  const problems: string[] = [];
  for (const { file, specifier } of importsOf(pkg, 'src')) {
    const where = `${pkg.path}/${file}`;
    if (specifier.startsWith('.')) {
      const target = resolve(pkg.directory, dirname(file), specifier);
      if (relative(join(pkg.directory, 'src'), target).startsWith('..'))
        problems.push(`${where}: "${specifier}" leaves src`);
    } else if (isBuiltin(specifier)) {
      if (!specifier.startsWith('node:')) problems.push(`${where}: write "node:${specifier}"`);
      const portable = row.runsOn === 'any' && !nodeSide.test(file);
      if (portable) problems.push(`${where}: "${specifier}" in a package that runs anywhere`);
    } else if (specifier.startsWith(scope)) {
      const target = table.get(packageName(specifier).slice(scope.length));
      if (target === undefined) problems.push(`${where}: "${specifier}" is not in the layer table`);
      else problems.push(...checkEdge(where, row, target));
    }
  }
  return problems;
}

function checkEdge(where: string, from: Layer, to: Layer): string[] {
  const edge = `${where}: ${from.name} (layer ${from.layer}) imports ${to.name} (layer ${to.layer})`;
  if (to.layer >= from.layer) return [`${edge}, which is not smaller`];
  const isApp = from.layer === 8;
  if (to.driver === true && !isApp) return [`${edge}, a driver: only an app names drivers`];
  if (from.driver === true && to.name !== 'storage' && to.name !== 'bytes')
    return [`${edge}: a driver needs only storage and bytes`];
  return [];
}

function checkDeclarations(pkg: Package): string[] {
  const used = new Set(importsOf(pkg, 'src').map(({ specifier }) => packageName(specifier)));
  const usedByTests = new Set(importsOf(pkg, 'test').map(({ specifier }) => packageName(specifier)));
  const declared = Object.keys(pkg.manifest.dependencies ?? {});
  const declaredForTests = Object.keys(pkg.manifest.devDependencies ?? {});
  const isPackage = (name: string): boolean =>
    !name.startsWith('.') && !isBuiltin(name) && name !== pkg.manifest.name;
  const manifest = `${pkg.path}/package.json`;

  return [
    ...[...used]
      .filter((name) => isPackage(name) && !declared.includes(name))
      .map((name) => `${manifest}: src imports "${name}", which is not in dependencies`),
    ...[...usedByTests]
      .filter((name) => isPackage(name) && !declared.includes(name) && !declaredForTests.includes(name))
      .map((name) => `${manifest}: test imports "${name}", which is not in devDependencies`),
    ...declared
      .filter((name) => !used.has(name))
      .map((name) => `${manifest}: nothing in src imports the dependency "${name}"`),
    ...declaredForTests
      .filter((name) => name.startsWith(scope) && !usedByTests.has(name))
      .map((name) => `${manifest}: no test imports the devDependency "${name}"`),
  ];
}

function checkDependencies(pkg: Package, { layer, name }: Layer): string[] {
  if (layer > 2) return [];
  const allowed = allowedBelowLayer3[name] ?? [];
  return Object.keys(pkg.manifest.dependencies ?? {})
    .filter((dependency) => !dependency.startsWith(scope) && !allowed.includes(dependency))
    .map(
      (dependency) =>
        `${pkg.path}/package.json: layers 0 to 2 have no dependencies, but here is "${dependency}"`,
    );
}

interface TsConfig {
  references?: Array<{ path: string }>;
}

/** `tsc -b` builds what is referenced: the dependencies for src, the devDependencies too for test. */
function checkReferences(pkg: Package, all: readonly Package[], write: boolean): string[] {
  const dependencies = workspaceDependencies(pkg.manifest.dependencies, all);
  const devDependencies = workspaceDependencies(pkg.manifest.devDependencies, all);
  const own = existsSync(join(pkg.directory, 'tsconfig.portable.json')) ? ['./tsconfig.portable.json'] : [];
  const wanted: Readonly<Record<string, readonly string[]>> = {
    'tsconfig.json': [...own, ...paths(pkg.directory, dependencies)],
    ...(own.length > 0 ? { 'tsconfig.portable.json': paths(pkg.directory, dependencies) } : {}),
    'test/tsconfig.json': [
      '..',
      ...paths(join(pkg.directory, 'test'), [...dependencies, ...devDependencies]),
    ],
  };
  return Object.entries(wanted).flatMap(([name, references]) => {
    const file = join(pkg.directory, name);
    if (!existsSync(file)) return [`${pkg.path}/${name}: missing`];
    const config = readJson<TsConfig>(file);
    const current = (config.references ?? []).map(({ path }) => path);
    if (current.toSorted().join() === references.toSorted().join()) return [];
    if (!write) return [`${pkg.path}/${name}: references differ from the dependencies, run with --write`];
    config.references = references.map((path) => ({ path }));
    writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
    return [];
  });
}

function workspaceDependencies(
  dependencies: Readonly<Record<string, string>> | undefined,
  all: readonly Package[],
): Package[] {
  const names = Object.keys(dependencies ?? {});
  return all.filter((pkg) => names.includes(pkg.manifest.name));
}

function paths(from: string, targets: readonly Package[]): string[] {
  return targets.map(({ directory }) => relative(from, directory));
}

function importsOf(pkg: Package, folder: 'src' | 'test'): Import[] {
  return sourceFiles(pkg, folder).flatMap((file) => {
    const text = readFileSync(join(pkg.directory, file), 'utf8');
    return specifiersOf(text).map((specifier) => ({ file, specifier }));
  });
}

/** The module specifiers of a file. Lines of a comment start with `*` or `//`, so they do not count. */
export function specifiersOf(text: string): string[] {
  const fromClauses = /^[ \t]*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm;
  const bareImports = /^[ \t]*import\s*['"]([^'"]+)['"]/gm;
  const dynamicImports = /^(?![ \t]*(?:\*|\/\/)).*?\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [fromClauses, bareImports, dynamicImports].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(([, specifier]) => specifier ?? []),
  );
}

function packageName(specifier: string): string {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function layerTable(all: readonly Package[], table: ReadonlyMap<string, Layer>): string {
  const rows = all.flatMap(({ name, path, manifest }) => {
    const row = table.get(name);
    if (row === undefined) return [];
    const needs = Object.keys(manifest.dependencies ?? {}).map((dependency) =>
      dependency.startsWith(scope) ? dependency.slice(scope.length) : `\`${dependency}\``,
    );
    const needsText = row.layer === 8 ? 'all of the above' : needs.join(', ') || '–';
    return [[String(row.layer), `[\`${name}\`](${path})`, row.runsOn, needsText]];
  });
  return markdownTable(['Layer', 'Package', 'Runs on', 'Imports'], rows);
}

if (import.meta.main) {
  const problems = checkLayers(join(import.meta.dirname, '..'), process.argv.includes('--write'));
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'The layers are as drawn.' : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
