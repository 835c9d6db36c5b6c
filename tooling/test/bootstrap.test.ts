import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

test('bootstrap runs the Node of the workspace, not the one of the machine', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: { node: string };
  };
  const bootstrap = join(root, 'tooling/bootstrap.mjs');
  const version = execFileSync(process.execPath, [bootstrap, 'node', '--version'], { encoding: 'utf8' });
  assert.equal(version.trim(), `v${devDependencies.node}`);
});
