import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkLayers, specifiersOf } from '../check-layers.ts';

const table = [
  { layer: 0, name: 'low', runsOn: 'any' },
  { layer: 3, name: 'storage-x', runsOn: 'any', driver: true },
  { layer: 4, name: 'high', runsOn: 'any' },
];

/** The problems of a workspace in which `high` holds this source and declares these dependencies. */
function problemsOf(source: string, dependencies: readonly string[]): string[] {
  const root = mkdtempSync(join(tmpdir(), 'lading-layers-'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  try {
    write('tooling/layers.json', JSON.stringify(table));
    write('ARCHITECTURE.md', '<!-- layers:start -->\n<!-- layers:end -->\n');
    for (const { name } of table) {
      const mine =
        name === 'high' ? Object.fromEntries(dependencies.map((each) => [each, 'workspace:^'])) : {};
      write(`packages/${name}/package.json`, JSON.stringify({ name: `@lading/${name}`, dependencies: mine }));
      write(`packages/${name}/tsconfig.json`, '{}');
      write(`packages/${name}/test/tsconfig.json`, '{ "references": [{ "path": ".." }] }');
      write(`packages/${name}/src/index.ts`, name === 'high' ? source : '');
    }
    return checkLayers(root, true);
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('checkLayers accepts an import from a smaller layer', () => {
  assert.deepEqual(problemsOf(`import { a } from '@lading/low';`, ['@lading/low']), []);
});

const faults: ReadonlyArray<readonly [string, string, readonly string[], RegExp]> = [
  [
    'an import of a driver',
    `import { x } from '@lading/storage-x';`,
    ['@lading/storage-x'],
    /only an app names drivers/,
  ],
  [
    'a module of Node',
    `import { join } from 'node:path';`,
    [],
    /"node:path" in a package that runs anywhere/,
  ],
  [
    'a dynamic import of Node',
    `const fs = await import('node:fs');`,
    [],
    /"node:fs" in a package that runs anywhere/,
  ],
  ['an undeclared import', `export { a } from '@lading/low';`, [], /not in dependencies/],
  ['an unused dependency', '', ['@lading/low'], /nothing in src imports/],
  ['an unknown package', `import '@lading/nowhere';`, ['@lading/nowhere'], /not in the layer table/],
  ['a way out of src', `import type { T } from '../../low/src/index.ts';`, [], /leaves src/],
];
for (const [what, source, dependencies, message] of faults) {
  test(`checkLayers finds ${what}`, () => {
    assert.match(problemsOf(source, dependencies).join('\n'), message);
  });
}

test('specifiersOf reads imports over several lines and skips those in comments', () => {
  const text = `/**\n * import { no } from 'comment';\n */\nimport {\n  a,\n  b,\n} from 'many-lines';\n// import 'no';\nexport type { T } from './t.ts';\n`;
  assert.deepEqual(specifiersOf(text), ['many-lines', './t.ts']);
});
