import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createHandler } from '@lading/handlers';
import { registryStore } from '@lading/registry-store';
import { memoryStorage } from '@lading/storage-memory';
import { createServer } from '../src/index.ts';

/** A key and a certificate that it signed itself; `undefined` where there is no openssl. */
async function selfSigned(): Promise<{ key: string; cert: string } | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'lading-tls-'));
  try {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
    await promisify(execFile)('openssl', [...made, '-keyout', key, '-out', cert]);
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('createServer speaks TLS, and tells the handler so', async (t) => {
  const tls = await selfSigned();
  if (tls === undefined) {
    t.skip('openssl is not installed — install: apt-get install openssl');
    return;
  }
  const handler = createHandler(registryStore({ storage: memoryStorage() }), {
    location: { kind: 'request' },
  });
  const { listen, drain } = createServer(handler, { tls });
  const { port } = (await listen({ port: 0, host: '127.0.0.1' })) as AddressInfo;
  const location = await new Promise<string | undefined>((resolve, reject) => {
    const options = {
      port,
      host: '127.0.0.1',
      path: '/v2/a/blobs/uploads/',
      method: 'POST',
      rejectUnauthorized: false,
    };
    request(options, (message) => {
      message.resume();
      resolve(message.headers.location);
    })
      .on('error', reject)
      .end();
  });
  assert.match(location ?? '', new RegExp(`^https://127\\.0\\.0\\.1:${port}/v2/a/blobs/uploads/`));
  await drain({ signal: AbortSignal.timeout(1000) });
});
