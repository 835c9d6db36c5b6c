import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
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

test('bootstrap passes on the exit code, and a signal to the command', async () => {
  const command = [
    'node',
    '-e',
    `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('ready')`,
  ];
  const child = spawn(process.execPath, [join(root, 'tooling/bootstrap.mjs'), ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [7, null]);
});
