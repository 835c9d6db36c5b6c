import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { pullImage, pushImage } from './client.ts';
import { runProgram, serve, temporaryDirectory, writeConfiguration } from './program.ts';

const run = promisify(execFile);

/** A package of somebody else. */
const source = join(import.meta.dirname, 'acme-storage-x');
const driverSource = readFileSync(join(source, 'driver.mjs'), 'utf8');

test('a driver package from outside works by its name in the configuration alone', async (t) => {
  const away = await temporaryDirectory(t);
  const project = join(away, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{"private":true}');
  await run('npm', ['pack', '--silent', '--pack-destination', away], { cwd: source });
  const [tarball = ''] = (await readdir(away)).filter((name) => name.endsWith('.tgz'));
  const offline = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...offline, join(away, tarball)], { cwd: project });
  await writeConfiguration(
    project,
    'version: 0.1\nstorage: {module: "@acme/storage-x", options: {greeting: hello}}\nhttp: {addr: "127.0.0.1:0"}\n',
  );
  // From another directory: it is the place of the configuration that counts.
  const args = (command: string): string[] => [command, join(project, 'config.yml')];

  const check = await runProgram(t, { args: args('check-storage') });
  assert.match(check.stdout, /^Trying out acme, below /);
  assert.match(
    check.stdout,
    /\n\d+ passed, 0 failed, \d+ skipped\n$/,
    check.stdout.match(/^FAIL.*\n.*/gm)?.join('\n'),
  );
  assert.equal(check.status, 0);

  const { url, lines } = await serve(t, { args: args('serve') });
  assert.equal(lines().find(({ message }) => message.startsWith('listening'))?.['data'], 'acme');
  await pullImage(url, 'a', 'v1', await pushImage(url, 'a', 'v1'));

  const wrong = await runProgram(t, {
    args: args('check-storage'),
    environment: { REGISTRY_STORAGE_OPTIONS_GREETING: 'bye' },
  });
  assert.equal(
    wrong.stderr,
    'Cannot make the storage driver "@acme/storage-x": the option "greeting" is wanted\n',
  );
});

test('check-storage tells what a driver gets wrong', async (t) => {
  const directory = await temporaryDirectory(t);
  const forgetful = driverSource.replace('offset > bytes.byteLength || ', '');
  assert.notEqual(forgetful, driverSource);
  await writeFile(join(directory, 'forgetful.mjs'), forgetful);
  await writeConfiguration(
    directory,
    'version: 0.1\nstorage: {module: ./forgetful.mjs, options: {greeting: hello}}\n',
  );
  const { status, stdout } = await runProgram(t, { directory, args: ['check-storage', 'config.yml'] });
  assert.equal(status, 1);
  assert.match(stdout, /^FAIL {2}ranges: .*\n {6}\S/m);
  assert.match(stdout, /\n\d+ passed, [1-9]\d* failed, \d+ skipped\n$/);
});

test('check-storage finds out whether anybody could read the key that signs uploads', async (t) => {
  const open = createServer((_request, response) => response.end('x')).listen(0, '127.0.0.1');
  const closed = createServer((_request, response) => response.writeHead(403).end()).listen(0, '127.0.0.1');
  t.after(() => [open, closed].map((server) => server.close()));
  const lines = await Promise.all(
    [open, closed].map(async (server) => {
      if (!server.listening) await once(server, 'listening');
      const directory = await temporaryDirectory(t);
      const { port } = server.address() as AddressInfo;
      const linking = `${driverSource.replace('export function storage', 'function plain')}
        export const storage = (options) => ({ ...plain(options), url: async (path) => 'http://127.0.0.1:${port}' + path + '?signature=x' });`;
      await writeFile(join(directory, 'linking.mjs'), linking);
      await writeConfiguration(
        directory,
        'version: 0.1\nstorage: {module: ./linking.mjs, options: {greeting: hello}}\n',
      );
      const { stdout } = await runProgram(t, { directory, args: ['check-storage', 'config.yml'] });
      return stdout.split('\n').findLast((line) => line.includes('secrecy: '));
    }),
  );
  assert.deepEqual(lines, [
    'FAIL  secrecy: what is confidential cannot be read without a signature',
    'ok    secrecy: what is confidential cannot be read without a signature',
  ]);
});
