// Makes a new package with everything that the checks ask for.
//
//   node tooling/new-package.ts <name> <layer> "<one sentence>." [--runs-on "node, deno, bun"] [--driver]
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkLayers } from './check-layers.ts';
import { checkReadmes } from './check-readme.ts';
import { layers, packages, readJson, scope } from './workspace.ts';
import type { Layer } from './workspace.ts';

export interface NewPackage extends Layer {
  /** What it is, in one sentence with a full stop. */
  readonly sentence: string;
}

/** Writes the package and enters it in the tables. Throws if there is one of that name. */
export function newPackage(root: string, { sentence, ...row }: NewPackage): void {
  const { name } = row;
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name))
    throw new Error(`Cannot make a package "${name}": not kebab-case`);
  if (!sentence.endsWith('.'))
    throw new Error(`Cannot make a package "${name}": its sentence has no full stop`);
  const directory = join(root, 'packages', name);
  if (existsSync(directory))
    throw new Error(`Cannot make a package "${name}": packages/${name} is there already`);

  const sibling = packages(root)[0];
  if (sibling === undefined)
    throw new Error(`Cannot make a package "${name}": no package to take the Node types from`);
  for (const [file, content] of Object.entries(filesOf(row, sentence, sibling.manifest))) {
    const path = join(directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : json(content));
  }
  enter(root, row);
  checkLayers(root, true);
  checkReadmes(root, true);
}

function filesOf(row: Layer, sentence: string, sibling: object): Record<string, string | object> {
  const { name } = row;
  const symbol = name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const { license, engines, devDependencies } = sibling as Record<string, Record<string, string>>;
  return {
    'package.json': {
      name: scope + name,
      version: '0.0.0',
      description: sentence.replaceAll('`', ''),
      license,
      files: ['dist', 'src', '!**/*.tsbuildinfo'],
      type: 'module',
      sideEffects: false,
      exports: { '.': './src/index.ts' },
      publishConfig: {
        access: 'public',
        exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
        provenance: true,
      },
      scripts: { build: 'tsc -b', test: 'node --test "test/**/*.test.ts"', types: 'tsc -b . test' },
      devDependencies: { '@types/node': devDependencies?.['@types/node'] },
      engines,
    },
    'tsconfig.json': {
      extends: row.runsOn === 'any' ? '../../tsconfig.portable.json' : '../../tsconfig.node.json',
      compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' },
      include: ['src'],
      references: [],
    },
    'test/tsconfig.json': {
      extends: '../../../tsconfig.test.json',
      compilerOptions: { tsBuildInfoFile: '../dist/.test.tsbuildinfo' },
      include: ['.'],
      references: [{ path: '..' }],
    },
    'README.md': `# ${scope}${name}

${sentence}

## Use

\`\`\`ts
import assert from 'node:assert/strict';
import { ${symbol} } from '${scope}${name}';

assert.equal(${symbol}(), '${name}');
\`\`\`

## Contract

What it guarantees, who owns its streams, which errors it throws.

## Options

None.

## Not here

What it refuses to do, and which package does.
`,
    'src/index.ts': `/**
 * ${sentence}
 *
 * @module
 */
export { ${symbol} } from './${name}.ts';
`,
    [`src/${name}.ts`]: `/** Replace this by what the package is for. */
export function ${symbol}(): string {
  return '${name}';
}
`,
    [`test/${name}.test.ts`]: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ${symbol} } from '../src/index.ts';

test('${symbol} tells its name', () => {
  assert.equal(${symbol}(), '${name}');
});
`,
  };
}

/** The layer table, sorted by layer, and the references of the root. */
function enter(root: string, row: Layer): void {
  const table = [...layers(root), row].sort((a, b) => a.layer - b.layer);
  const lines = table.map((entry) => `  ${JSON.stringify(entry, null, 1).replaceAll(/\n ?/g, ' ')}`);
  writeFileSync(join(root, 'tooling/layers.json'), `[\n${lines.join(',\n')}\n]\n`);

  const file = join(root, 'tsconfig.json');
  const config = readJson<{ references: Array<{ path: string }> }>(file);
  const path = `packages/${row.name}`;
  config.references.unshift({ path }, { path: `${path}/test` });
  writeFileSync(file, json(config));
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'runs-on': { type: 'string', default: 'any' }, driver: { type: 'boolean', default: false } },
  });
  const [name, layer, sentence] = positionals;
  if (name === undefined || layer === undefined || sentence === undefined || !/^[0-7]$/.test(layer)) {
    console.error(
      'Use: npm run new-package -- <name> <layer, 0 to 7> "<one sentence>." [--runs-on "node, deno, bun"] [--driver]',
    );
    process.exit(2);
  }
  const row = {
    layer: Number(layer),
    name,
    runsOn: values['runs-on'],
    ...(values.driver ? { driver: true } : {}),
  };
  newPackage(join(import.meta.dirname, '..'), { ...row, sentence });
  console.log(`packages/${name} is there. Next: pnpm install, then npm run check, and a changeset.`);
}
