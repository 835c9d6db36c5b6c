/** The loads that wrk cannot make: pushes, and the pull of one large blob. */
import { createHash, randomBytes, randomFillSync } from 'node:crypto';
import { describe, digestOf, imageManifest, mediaTypes, withDigest } from '../peers/push.ts';
import { mebibyte } from './content.ts';
import { rawConnection } from './raw-connection.ts';
import type { RawAnswer, RawConnection } from './raw-connection.ts';

/** A large blob in chunks, ready to be sent; the same bytes are never made twice. */
export interface LargeBlob {
  readonly digest: string;
  readonly size: number;
  readonly chunks: readonly Uint8Array[];
}

const base = randomBytes(64 * mebibyte);
let made = 0;

/** Makes a blob of so many MiB: nothing of this is measured. */
export function largeBlob(mebibytes: number): LargeBlob {
  const chunks: Uint8Array[] = [];
  for (let index = 0; index < mebibytes; index++) {
    const at = (index % 64) * mebibyte;
    chunks.push(base.subarray(at, at + mebibyte));
  }
  const first = Buffer.from(chunks[0] ?? []);
  first.writeUInt32LE(process.pid, 0);
  first.writeUInt32LE(made++, 4);
  chunks[0] = first;
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return { digest: `sha256:${hash.digest('hex')}`, size: mebibytes * mebibyte, chunks };
}

/** How the PATCH carries its body: `length` announces it, `chunked` frames it in 32 KiB as docker does. */
export type Framing = 'length' | 'chunked';

/** Pushes with POST, PATCH and PUT; returns MiB a second over all three. */
export async function pushRate(
  port: number,
  repository: string,
  blob: LargeBlob,
  framing: Framing,
): Promise<number> {
  const body = framing === 'chunked' ? framed(blob.chunks) : blob.chunks;
  const header = framing === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${blob.size}`;
  const connection = await rawConnection(port);
  try {
    const started = performance.now();
    const opened = await connection.send(
      request('POST', `/v2/${repository}/blobs/uploads/`, 'Content-Length: 0'),
    );
    expect(opened, 202);
    const patched = await connection.send(request('PATCH', opened.location, header, octets), body);
    expect(patched, 202);
    const target = withDigest(patched.location, blob.digest);
    expect(await connection.send(request('PUT', target, 'Content-Length: 0', octets)), 201);
    return blob.size / mebibyte / ((performance.now() - started) / 1000);
  } finally {
    connection.close();
  }
}

/** Pulls a blob; returns MiB a second. */
export async function pullRate(port: number, repository: string, blob: LargeBlob): Promise<number> {
  const connection = await rawConnection(port);
  try {
    const started = performance.now();
    const answer = await connection.send(request('GET', `/v2/${repository}/blobs/${blob.digest}`));
    expect(answer, 200);
    if (answer.length !== blob.size)
      throw new Error(`Cannot measure: ${answer.length} bytes instead of ${blob.size}`);
    return blob.size / mebibyte / ((performance.now() - started) / 1000);
  } finally {
    connection.close();
  }
}

/** Pushes images of 8 layers of 30 kB, four at once, for some seconds; returns images a second. */
export async function imageRate(port: number, repository: string, seconds: number): Promise<number> {
  const started = performance.now();
  const end = started + seconds * 1000;
  let images = 0;
  const worker = async (): Promise<void> => {
    const connection = await rawConnection(port);
    while (performance.now() < end) {
      await pushImage(connection, repository, `image-${process.pid}-${made++}`);
      images += 1;
    }
    connection.close();
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return images / ((performance.now() - started) / 1000);
}

/** As docker pushes: HEAD, POST, PATCH and PUT for each blob, then the manifest under a tag. */
async function pushImage(connection: RawConnection, repository: string, tag: string): Promise<void> {
  const layers = Array.from({ length: 8 }, () => randomFillSync(Buffer.allocUnsafe(30_000)));
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', created: tag }));
  for (const blob of [...layers, config]) {
    const digest = digestOf(blob);
    expect(await connection.send(request('HEAD', `/v2/${repository}/blobs/${digest}`)), 404);
    const opened = await connection.send(
      request('POST', `/v2/${repository}/blobs/uploads/`, 'Content-Length: 0'),
    );
    expect(opened, 202);
    const length = `Content-Length: ${blob.byteLength}`;
    const patched = await connection.send(request('PATCH', opened.location, length, octets), [blob]);
    expect(patched, 202);
    const target = withDigest(patched.location, digest);
    expect(await connection.send(request('PUT', target, 'Content-Length: 0', octets)), 201);
  }
  const manifest = imageManifest(
    describe(config, mediaTypes.config),
    layers.map((layer) => describe(layer, mediaTypes.layer)),
  );
  const headers = [`Content-Length: ${manifest.byteLength}`, `Content-Type: ${mediaTypes.image}`];
  expect(
    await connection.send(request('PUT', `/v2/${repository}/manifests/${tag}`, ...headers), [manifest]),
    201,
  );
}

const octets = 'Content-Type: application/octet-stream';

function request(method: string, target: string, ...headers: readonly string[]): string {
  const path = target.replace(/^https?:\/\/[^/]+/, '');
  return [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');
}

function expect({ status }: RawAnswer, expected: number): void {
  if (status !== expected) throw new Error(`Cannot measure: an answer ${status} instead of ${expected}`);
}

function framed(chunks: readonly Uint8Array[]): Uint8Array[] {
  const size = 32 * 1024;
  const [head, tail] = [Buffer.from(`${size.toString(16)}\r\n`), Buffer.from('\r\n')];
  const frames = chunks.map((chunk) => {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < chunk.byteLength; at += size) parts.push(head, chunk.subarray(at, at + size), tail);
    return Buffer.concat(parts);
  });
  return [...frames, Buffer.from('0\r\n\r\n')];
}
