import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkLayers } from '../check-layers.ts';
import { checkReadmes } from '../check-readme.ts';
import { newPackage } from '../new-package.ts';

const root = join(import.meta.dirname, '../..');
const bin = join(root, 'node_modules/.bin');
const example = {
  name: 'tide-table',
  layer: 3,
  runsOn: 'any',
  sentence: 'When the water is high enough for `lading`.',
};

/** A workspace with one package, the configuration of this one and its tools. */
function smallWorkspace(): Disposable & { root: string } {
  const copy = mkdtempSync(join(tmpdir(), 'lading-new-package-'));
  for (const file of [
    'tsconfig.base.json',
    'tsconfig.portable.json',
    'tsconfig.node.json',
    'tsconfig.test.json',
  ]) {
    cpSync(join(root, file), join(copy, file));
  }
  mkdirSync(join(copy, 'tooling'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'tsconfig.json'), '{ "files": [], "references": [] }\n');
  writeFileSync(join(copy, 'tooling/layers.json'), '[]\n');
  writeFileSync(join(copy, 'README.md'), '<!-- packages:start -->\n<!-- packages:end -->\n');
  writeFileSync(join(copy, 'ARCHITECTURE.md'), '<!-- layers:start -->\n<!-- layers:end -->\n');
  // A manifest to take the licence, the engines and the Node types from.
  mkdirSync(join(copy, 'packages/seed'), { recursive: true });
  cpSync(join(root, 'packages/bytes/package.json'), join(copy, 'packages/seed/package.json'));
  return { root: copy, [Symbol.dispose]: () => rmSync(copy, { recursive: true }) };
}

test('newPackage makes a package that passes every check', () => {
  using workspace = smallWorkspace();
  newPackage(workspace.root, example);
  rmSync(join(workspace.root, 'packages/seed'), { recursive: true });

  assert.deepEqual(checkLayers(workspace.root, true), []);
  assert.deepEqual(checkReadmes(workspace.root, true), []);
  const cwd = join(workspace.root, 'packages', example.name);
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  execFileSync(join(bin, 'tsc'), ['-b', '.', 'test'], { cwd });
  const output = execFileSync(join(bin, 'node'), ['--test', 'test/**/*.test.ts'], {
    cwd,
    env,
    encoding: 'utf8',
  });
  assert.match(output, /pass 1\b/);
  assert.match(
    readFileSync(join(workspace.root, 'README.md'), 'utf8'),
    /@lading\/tide-table.*When the water is high/,
  );
  assert.match(readFileSync(join(workspace.root, 'ARCHITECTURE.md'), 'utf8'), /\| 3 \| \[`tide-table`\]/);
});

test('newPackage refuses a name that is taken or malformed, and half a sentence', () => {
  using workspace = smallWorkspace();
  assert.throws(() => newPackage(workspace.root, { ...example, name: 'seed' }), /is there already/);
  assert.throws(() => newPackage(workspace.root, { ...example, name: 'TideTable' }), /not kebab-case/);
  assert.throws(() => newPackage(workspace.root, { ...example, sentence: 'A table' }), /no full stop/);
});
