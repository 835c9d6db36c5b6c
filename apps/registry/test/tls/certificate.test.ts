import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, rename, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { readCertificate } from '../../src/tls/certificate.ts';
import { eventually, serve, temporaryDirectory, writeConfiguration } from '../program.ts';

const run = promisify(execFile);

/** Makes a certificate for localhost; skips the test where nothing can. */
async function certificate(t: TestContext, directory: string, name: string): Promise<boolean> {
  const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.crt`)];
  try {
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    t.skip('openssl is not installed — install: apt-get install openssl');
    return false;
  }
}

/** The name in the certificate of a server. */
async function subjectOf(url: string): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

test('http.tls serves HTTPS, and takes up a new certificate', async (t) => {
  const directory = await temporaryDirectory(t);
  for (const name of ['one', 'two']) if (!(await certificate(t, directory, name))) return;
  const install = async (name: string): Promise<void> => {
    for (const kind of ['key', 'crt']) {
      // As tools that renew certificates do it: a new file under the old name.
      await copyFile(join(directory, `${name}.${kind}`), join(directory, `new.${kind}`));
      await rename(join(directory, `new.${kind}`), join(directory, `tls.${kind}`));
    }
  };
  await install('one');
  await writeConfiguration(
    directory,
    'version: 0.1\nstorage: inmemory\nhttp: {addr: "127.0.0.1:0", tls: {certificate: tls.crt, key: tls.key, minimumtls: tls1.3}}\n',
  );
  const { url, line } = await serve(t, { directory, args: ['serve', 'config.yml'] });
  assert.match(url, /^https:/);
  assert.equal(await subjectOf(url), 'one');
  const ask = request(`${url}/v2/`, { rejectUnauthorized: false }).end();
  const [response] = (await once(ask, 'response')) as [IncomingMessage];
  response.resume();
  assert.equal(response.statusCode, 200);
  const old = connect({
    port: Number(new URL(url).port),
    host: '127.0.0.1',
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.2',
  });
  await assert.rejects(once(old, 'secureConnect'), { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });

  await install('two');
  await line(({ message }) => message === 'certificate was read again');
  assert.equal(await subjectOf(url), 'two');

  await copyFile(join(directory, 'one.key'), join(directory, 'tls.key'));
  const { reason } = await line(
    ({ message }) => message === 'certificate cannot be read again; the one of before stays',
  );
  assert.equal(
    reason,
    'Cannot use the certificate "tls.crt" with "tls.key": the key belongs to another certificate',
  );
  assert.equal(await subjectOf(url), 'two');

  await install('one');
  await eventually(async () => ((await subjectOf(url)) === 'one' ? true : undefined));
});

test('readCertificate says what is wrong with a pair', async (t) => {
  const directory = await temporaryDirectory(t);
  for (const name of ['one', 'two']) if (!(await certificate(t, directory, name))) return;
  const pair = (certificate: string, key: string): Promise<unknown> =>
    readCertificate({
      certificate: join(directory, certificate),
      key: join(directory, key),
      minimumtls: 'tls1.2',
    });
  await pair('one.crt', 'one.key');
  await assert.rejects(pair('one.crt', 'two.key'), /: the key belongs to another certificate$/);
  await assert.rejects(
    pair('one.crt', 'none.key'),
    /^StartupError: Cannot read ".*none\.key" of http\.tls\.key: there is no such file$/,
  );
  await writeFile(join(directory, 'empty'), '');
  await assert.rejects(pair('empty', 'one.key'), { name: 'StartupError' });
});
