import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram, temporaryDirectory, writeConfiguration } from '../program.ts';

/** What is typed, and the one line that is said about it. */
const usage: readonly (readonly [args: string, message: string])[] = [
  ['--hlp', 'unknown option "--hlp"; did you mean "--help"?'],
  ['-x', 'unknown option "-x"'],
  ['--help=yes', 'option "--help" takes no value'],
  ['sevre', 'unknown command "sevre"; did you mean "serve"?'],
  ['config.yml', 'unknown command "config.yml"; did you mean "serve config.yml"?'],
  ['ducks', 'unknown command "ducks"'],
  ['serve a.yml b.yml', '"serve" takes one configuration, not also "b.yml"'],
  ['serve --dry-run', 'option "--dry-run" is for "garbage-collect", not for "serve"'],
];

for (const [args, message] of usage) {
  test(`lading-registry ${args} is a wrong use, in one line`, async (t) => {
    assert.deepEqual(await runProgram(t, { args: args.split(' ') }), {
      status: 2,
      stdout: '',
      stderr: `lading-registry: ${message} (--help shows what there is)\n`,
    });
  });
}

test('lading-registry --help and --version tell what there is', async (t) => {
  const [help, version] = await Promise.all([
    runProgram(t, { args: ['--help'] }),
    runProgram(t, { args: ['-v'] }),
  ]);
  assert.equal(help.status, 0);
  assert.match(help.stdout, /^Usage: lading-registry \[command\] \[config\.yml\]\n/);
  for (const command of ['serve', 'check-config', 'check-storage', 'garbage-collect']) {
    assert.match(help.stdout, new RegExp(`^  ${command} `, 'm'));
  }
  assert.equal(version.status, 0);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
});

test('lading-registry tells of every problem of a configuration and ends with 2', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeConfiguration(
    directory,
    'version: 0.1\nstorage: inmemory\nproxy: {remoteurl: "https://x"}\nauth: {token: {realm: r}}\n',
  );
  for (const command of ['serve', 'check-config', 'check-storage', 'garbage-collect']) {
    assert.deepEqual(await runProgram(t, { directory, args: [command, 'config.yml'] }), {
      status: 2,
      stdout: '',
      stderr:
        'config.yml:4:8: cannot honour "auth.token": tokens are not supported yet; use auth.htpasswd\n' +
        'config.yml:3:1: cannot honour "proxy": a pull-through cache is not supported yet; remove it\n',
    });
  }
});

test('check-config tells what a configuration comes to', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = await writeConfiguration(
    directory,
    'version: 0.1\nstorage: {filesystem: {rootdirectory: data}}\nhttp: {addr: ":5000", debug: {addr: ":5001"}}\nauth: none\n',
  );
  const { status, stdout, stderr } = await runProgram(t, {
    directory,
    args: ['check-config'],
    environment: { REGISTRY_CONFIGURATION_PATH: file, REGISTRY_STORAGE_DELETE_ENABLED: 'true' },
  });
  assert.equal(status, 0);
  assert.equal(stderr, `${file}:3:23: "http.debug" has no effect: there is no debug server\n`);
  assert.equal(
    stdout,
    `${file} can be used:
  address   :5000
  storage   ${directory}/data
  access    everybody who reaches the address
  writes    allowed, deletes too
  indexes   must be whole
  uploads   purged after 168 h
  log       info
`,
  );
});

test('check-storage runs the contract and leaves nothing behind', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeConfiguration(directory, 'version: 0.1\nstorage: {filesystem: {rootdirectory: data}}\n');
  const { status, stdout } = await runProgram(t, { directory, args: ['check-storage', 'config.yml'] });
  assert.match(stdout, new RegExp(`^Trying out ${directory}/data, below /lading-check-[0-9a-f-]{36}\n`));
  assert.match(stdout, /^ok {4}reading: /m);
  assert.match(stdout, /\n\d+ passed, 0 failed, \d+ skipped\n$/);
  assert.equal(status, 0);
  assert.deepEqual(
    (await readdir(join(directory, 'data'), { recursive: true })).filter((name) =>
      name.includes('lading-check'),
    ),
    [],
  );
});

test('a configuration that is not there is one line and 1', async (t) => {
  const { status, stderr } = await runProgram(t, { args: ['serve', 'nowhere.yml'] });
  assert.equal(stderr, 'Cannot read the configuration "nowhere.yml": there is no such file\n');
  assert.equal(status, 1);
});

test('a port in use is one line and 1', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const { status, stderr } = await runProgram(t, {
    environment: { REGISTRY_HTTP_ADDR: `127.0.0.1:${port}` },
  });
  assert.equal(stderr, `Cannot listen on 127.0.0.1:${port}: something else listens there already\n`);
  assert.equal(status, 1);
});

test('a data directory that cannot be written is one line and 1', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'file'), '');
  const root = join(directory, 'file', 'data');
  const { status, stderr } = await runProgram(t, {
    directory,
    environment: { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: root },
  });
  assert.equal(stderr, `Cannot write to the data directory "${root}": it, or one above it, is a file\n`);
  assert.equal(status, 1);
});

test('garbage-collect makes no data directory where there is none', async (t) => {
  const directory = await temporaryDirectory(t);
  const { status, stderr } = await runProgram(t, { directory, args: ['garbage-collect'] });
  assert.equal(stderr, `Cannot write to the data directory "${directory}/data": it is not there\n`);
  assert.equal(status, 1);
});

test('a certificate that cannot be used is one line and 1', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'tls.crt'), 'no certificate');
  await writeFile(join(directory, 'tls.key'), 'no key');
  const tls = (certificate: string): Promise<string> =>
    writeConfiguration(
      directory,
      `version: 0.1\nstorage: inmemory\nhttp: {addr: "127.0.0.1:0", tls: {certificate: ${certificate}, key: tls.key}}\n`,
    );
  await tls('absent.crt');
  const absent = await runProgram(t, { directory, args: ['serve', 'config.yml'] });
  assert.equal(absent.stderr, 'Cannot read "absent.crt" of http.tls.certificate: there is no such file\n');
  await tls('tls.crt');
  const broken = await runProgram(t, { directory, args: ['serve', 'config.yml'] });
  assert.equal(broken.stderr, 'Cannot use the certificate "tls.crt" with "tls.key": a file is not PEM\n');
  assert.deepEqual([absent.status, broken.status], [1, 1]);
});

test('an htpasswd file that is not there is one line and 1', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeConfiguration(
    directory,
    'version: 0.1\nstorage: inmemory\nauth: {htpasswd: {realm: r, path: users}}\n',
  );
  const { status, stderr } = await runProgram(t, { directory, args: ['serve', 'config.yml'] });
  assert.equal(
    stderr,
    'Cannot read "users" of auth.htpasswd: there is no such file; make one with "htpasswd -Bc users NAME"\n',
  );
  assert.equal(status, 1);
});

test('a driver package that is not there, or is no driver, is one line and 1', async (t) => {
  const directory = await temporaryDirectory(t);
  const attempt = async (module: string): Promise<string> => {
    await writeConfiguration(
      directory,
      `version: 0.1\nstorage: {module: "${module}"}\nhttp: {addr: "127.0.0.1:0"}\n`,
    );
    const { status, stderr } = await runProgram(t, {
      directory: '/',
      args: ['serve', join(directory, 'config.yml')],
    });
    assert.equal(status, 1);
    return stderr;
  };
  await mkdir(join(directory, 'drivers'));
  await writeFile(join(directory, 'drivers/empty.mjs'), 'export const nothing = 1;');
  await writeFile(
    join(directory, 'drivers/half.mjs'),
    'export const storage = () => ({ stat() {}, read() {} });',
  );
  await writeFile(
    join(directory, 'drivers/angry.mjs'),
    'export const storage = () => { throw new Error("the bucket is missing"); };',
  );
  assert.equal(
    await attempt('@acme/storage-x'),
    `Cannot load the storage driver "@acme/storage-x": it is not installed in ${directory}\n`,
  );
  assert.equal(
    await attempt('./drivers/empty.mjs'),
    'Cannot use the storage driver "./drivers/empty.mjs": it exports no function "storage"\n',
  );
  assert.equal(
    await attempt('./drivers/half.mjs'),
    'Cannot use the storage driver "./drivers/half.mjs": it lacks get, write, put, list, move, delete\n',
  );
  assert.equal(
    await attempt('./drivers/angry.mjs'),
    'Cannot make the storage driver "./drivers/angry.mjs": the bucket is missing\n',
  );
});
