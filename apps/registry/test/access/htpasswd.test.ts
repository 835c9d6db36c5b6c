import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { isRegistryError } from '@lading/errors';
import type { Decision } from '@lading/repository';
import { bcrypt } from 'hash-wasm';
import { bcryptPool } from '../../src/access/bcrypt-pool.ts';
import type { BcryptPool } from '../../src/access/bcrypt-pool.ts';
import { htpasswd } from '../../src/access/htpasswd.ts';
import type { HtpasswdAccess, HtpasswdOptions } from '../../src/access/htpasswd.ts';
import { createLog } from '../../src/log/log.ts';
import { pullImage, pushImage } from '../client.ts';
import { eventually, serve, temporaryDirectory, writeConfiguration } from '../program.ts';

async function hashOf(password: string, cost = 5): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return bcrypt({ password, salt, costFactor: cost, outputType: 'encoded' });
}

function basic(user: string, password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

interface Opened extends HtpasswdAccess {
  readonly file: string;
  readonly lines: string[];
  readonly enter: (user: string, password: string, remote?: string) => Promise<Decision>;
}

async function open(t: TestContext, text: string, options: Partial<HtpasswdOptions> = {}): Promise<Opened> {
  const file = join(await temporaryDirectory(t), 'users');
  await writeFile(file, text);
  const lines: string[] = [];
  const log = createLog({
    format: ({ level, message }) => `${level} ${message}`,
    write: (line) => lines.push(line.trim().replaceAll(file, '<file>')),
  });
  const opened = await htpasswd({ path: file, realm: 'the "registry"', log, interval: 50, ...options });
  t.after(opened.close);
  const enter: Opened['enter'] = (user, password, remote) =>
    opened.access({ ...basic(user, password), ...(remote === undefined ? {} : { remote }) }, []);
  return { ...opened, file, lines, enter };
}

/** Counts the comparisons that are really made. */
function countingPool(t: TestContext): BcryptPool & { count: () => number; hashes: () => readonly string[] } {
  const pool = bcryptPool({ size: 1 });
  t.after(pool.close);
  const hashes: string[] = [];
  return {
    verify(password, hash) {
      hashes.push(hash);
      return pool.verify(password, hash);
    },
    close: pool.close,
    count: () => hashes.length,
    hashes: () => hashes,
  };
}

test('htpasswd lets in who knows a password', async (t) => {
  // Made by another program: crypt(3) of libxcrypt.
  const foreign = '$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm';
  const { access, enter } = await open(
    t,
    `ann:${await hashOf('pass:word')}\nold:${foreign}\nzoë:${await hashOf('pässwörd')}\n`,
  );
  assert.deepEqual(await enter('ann', 'pass:word'), { kind: 'allowed', name: 'ann' });
  assert.deepEqual(await enter('zoë', 'pässwörd'), { kind: 'allowed', name: 'zoë' });
  assert.deepEqual(await enter('old', 'password'), { kind: 'allowed', name: 'old' });
  const challenge = { kind: 'challenge', challenge: 'Basic realm="the \\"registry\\""' };
  assert.deepEqual(await enter('ann', 'password'), challenge);
  assert.deepEqual(await enter('ann', ''), challenge);
  assert.deepEqual(await enter('eve', 'pass:word'), challenge);
  assert.deepEqual(await access({}, []), challenge);
  for (const authorization of [
    'Bearer x',
    'Basic',
    'Basic !!!',
    `Basic ${btoa('nocolon')}`,
    `Basic ${btoa(':x')}`,
    'x'.repeat(10_000),
  ]) {
    assert.deepEqual(await access({ authorization }, []), challenge, authorization.slice(0, 30));
  }
});

test('htpasswd looks at 72 bytes of a password, as bcrypt does', async (t) => {
  const long = 'x'.repeat(72);
  const { enter } = await open(t, `ann:${await hashOf(long)}\n`);
  assert.equal((await enter('ann', `${long}yz`)).kind, 'allowed');
  assert.equal((await enter('ann', long.slice(1))).kind, 'challenge');
});

test('htpasswd compares a password once, and joins who asks for the same meanwhile', async (t) => {
  const pool = countingPool(t);
  const { enter } = await open(t, `ann:${await hashOf('right')}\n`, { pool });
  const many = await Promise.all(Array.from({ length: 20 }, () => enter('ann', 'right')));
  assert.ok(many.every(({ kind }) => kind === 'allowed'));
  assert.equal(pool.count(), 1);
  await enter('ann', 'right');
  assert.equal(pool.count(), 1);
  await enter('ann', 'wrong');
  await enter('ann', 'wrong');
  assert.equal(pool.count(), 3, 'wrong ones are compared each time');
});

test('htpasswd takes as long for a user who does not exist', async (t) => {
  const pool = countingPool(t);
  const { enter } = await open(
    t,
    `ann:${await hashOf('a', 6)}\nbob:${await hashOf('b', 6)}\neve:${await hashOf('c', 4)}\n`,
    { pool },
  );
  await enter('nobody', 'a');
  assert.equal(pool.count(), 1);
  assert.match(pool.hashes()[0] ?? '', /^\$2a\$06\$/);
});

test('htpasswd reads the file again when it changes', async (t) => {
  const { enter, file, lines } = await open(t, `ann:${await hashOf('one')}\n`);
  assert.equal((await enter('ann', 'one')).kind, 'allowed');
  await writeFile(file, `ann:${await hashOf('two')}\n`);
  await eventually(async () => ((await enter('ann', 'two')).kind === 'allowed' ? true : undefined));
  assert.equal((await enter('ann', 'one')).kind, 'challenge', 'what was remembered went with the old hash');
  assert.deepEqual(lines, ['info htpasswd was read again']);
});

test('htpasswd keeps the users of before when the file goes', async (t) => {
  const { enter, file, lines } = await open(t, `ann:${await hashOf('one')}\n`);
  const { rm } = await import('node:fs/promises');
  await rm(file);
  await eventually(() => (lines.length > 0 ? true : undefined));
  assert.deepEqual(lines, ['error htpasswd cannot be read; the users of before stay']);
  assert.equal((await enter('ann', 'one')).kind, 'allowed');
});

test('htpasswd names the lines that it ignores, and never what is in them', async (t) => {
  const { lines } = await open(t, 'ann:secret\nbob\n');
  assert.deepEqual(lines, [
    'warn <file>, line 1: the hash is not bcrypt; make one with "htpasswd -B"; the line is ignored',
    'warn <file>, line 2: "user:hash" is wanted; the line is ignored',
    'warn <file> has no user; nobody can sign in',
  ]);
});

test('a flood of wrong passwords does not pile up, and does not shut out other addresses', async (t) => {
  const pool = bcryptPool({ size: 1, limit: 100 });
  const { enter } = await open(t, `ann:${await hashOf('right', 6)}\n`, { pool, perAddress: 4 });
  const flood = Array.from({ length: 50 }, (_, index) => enter('ann', `wrong ${index}`, '192.0.2.1'));
  const other = enter('ann', 'right', '192.0.2.2');
  const results = await Promise.allSettled(flood);
  const refused = results.filter((result) => result.status === 'rejected');
  assert.equal(refused.length, 46);
  for (const { reason } of refused) assert.ok(isRegistryError(reason, 'TOOMANYREQUESTS'));
  assert.equal((await other).kind, 'allowed');
  assert.equal((await enter('ann', 'right', '192.0.2.1')).kind, 'allowed', 'the address is free again');
});

test('bcryptPool refuses what it cannot do soon', async (t) => {
  const pool = bcryptPool({ size: 1, limit: 3 });
  t.after(pool.close);
  const hash = await hashOf('x');
  const asked = await Promise.allSettled(Array.from({ length: 10 }, () => pool.verify('x', hash)));
  assert.ok(asked.filter(({ status }) => status === 'rejected').length >= 6);
  assert.equal(await pool.verify('x', hash), true);
});

test('bcryptPool does not hold up the process while it compares', async (t) => {
  const pool = bcryptPool({ size: 1 });
  t.after(pool.close);
  const hash = await hashOf('x', 10);
  await pool.verify('x', hash);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await Promise.all(['a', 'b', 'c'].map((password) => pool.verify(password, hash)));
  clearInterval(timer);
  assert.ok(turns > 10, `the event loop turned ${turns} times`);
});

test('auth.htpasswd guards the whole registry', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'users'), `ann:${await hashOf('secret')}\n`);
  await writeConfiguration(
    directory,
    'version: 0.1\nstorage: inmemory\nhttp: {addr: "127.0.0.1:0"}\nauth: {htpasswd: {realm: reg, path: users}}\n',
  );
  const { url, line } = await serve(t, { directory, args: ['serve', 'config.yml'] });
  const closed = await fetch(`${url}/v2/`);
  assert.equal(closed.status, 401);
  assert.equal(closed.headers.get('www-authenticate'), 'Basic realm="reg"');
  assert.equal((await fetch(`${url}/v2/_catalog`)).status, 401);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  const headers = basic('ann', 'secret');
  const image = await pushImage(url, 'a', 'v1', headers);
  await pullImage(url, 'a', 'v1', image, headers);
  assert.equal((await line(({ message }) => message === 'PUT /v2/a/manifests/v1'))['user'], 'ann');
});
