/** How much memory a registry needs while one very large blob goes in and out. */
import { createHash } from 'node:crypto';
import { get } from 'node:http';
import { httpClient } from '../peers/http-client.ts';
import { processMemory } from '../peers/process-memory.ts';
import { expectStatus, locationOf, startUpload, withDigest } from '../peers/push.ts';
import type { Server } from '../peers/server.ts';

/** How the blob is pushed: one PATCH of unknown length, PATCHes with Content-Range, or all in the PUT. */
export type PushMode = 'stream' | 'chunks' | 'put';

export interface GrowthOptions {
  readonly server: Server;
  /** Bytes of the blob; a multiple of a mebibyte. */
  readonly size: number;
  readonly mode: PushMode;
}

/** Resident bytes. A figure of a step is the most that was seen in it. */
export interface Growth {
  readonly idle: number;
  readonly push: number;
  readonly pull: number;
  /** Bytes a second. */
  readonly pushRate: number;
  readonly pullRate: number;
}

const block = 1 << 20;
const chunksOfBlob = 8;

/** Pushes and pulls a blob that exists nowhere but in the registry; checks every byte of it. */
export async function measureGrowth({ server, size, mode }: GrowthOptions): Promise<Growth> {
  const client = httpClient(server.origin);
  const sampler = samplePeak(server.pid);
  const idle = sampler.step();
  try {
    let started = performance.now();
    const digest = await push(client, size, mode);
    const pushRate = size / ((performance.now() - started) / 1000);
    const pushPeak = sampler.step();

    started = performance.now();
    const pulled = await pull(`${server.origin}/v2/memory/blobs/${digest}`);
    const pullRate = size / ((performance.now() - started) / 1000);
    if (pulled !== digest) throw new Error(`Cannot trust the pull: ${pulled} came back instead of ${digest}`);
    return { idle, push: pushPeak, pull: sampler.step(), pushRate, pullRate };
  } finally {
    sampler.stop();
    client.close();
  }
}

async function push(client: ReturnType<typeof httpClient>, size: number, mode: PushMode): Promise<string> {
  const blob = generatedBlob(size);
  let location = await startUpload(client, 'memory');
  if (mode === 'stream') {
    const patch = { method: 'PATCH', path: location, body: blob.read(size) };
    location = locationOf(await expectStatus(client, patch, 202));
  }
  if (mode === 'chunks') {
    const chunk = Math.ceil(size / chunksOfBlob / block) * block;
    for (let at = 0; at < size; at += chunk) {
      const length = Math.min(chunk, size - at);
      const headers = { 'content-range': `${at}-${at + length - 1}`, 'content-length': length };
      const patch = { method: 'PATCH', path: location, headers, body: blob.read(length) };
      location = locationOf(await expectStatus(client, patch, 202));
    }
  }
  if (mode !== 'put') {
    const digest = blob.digest();
    await expectStatus(
      client,
      { method: 'PUT', path: withDigest(location, digest), body: Buffer.alloc(0) },
      201,
    );
    return digest;
  }
  // The digest goes before the bytes here, so they are made twice.
  const digest = await digestOfGenerated(size);
  const headers = { 'content-length': size, 'content-type': 'application/octet-stream' };
  await expectStatus(
    client,
    { method: 'PUT', path: withDigest(location, digest), headers, body: blob.read(size) },
    201,
  );
  return digest;
}

interface GeneratedBlob {
  /** The next so many bytes. A chunk is valid until the next one is asked for. */
  readonly read: (bytes: number) => AsyncIterable<Uint8Array>;
  /** Of all bytes read so far. */
  readonly digest: () => string;
}

/** A blob in which no two blocks are the same, so that a lost or swapped one changes the digest. */
function generatedBlob(size: number): GeneratedBlob {
  const bytes = Buffer.alloc(block, 'Lading ');
  const hash = createHash('sha256');
  let number = 0;
  return {
    read: async function* read(length) {
      for (let left = length; left > 0; left -= block) {
        bytes.writeUInt32LE(number++, 0);
        bytes.writeUInt32LE(size / block, 4);
        hash.update(bytes);
        yield bytes;
      }
    },
    digest: () => `sha256:${hash.copy().digest('hex')}`,
  };
}

async function digestOfGenerated(size: number): Promise<string> {
  const blob = generatedBlob(size);
  for await (const _ of blob.read(size));
  return blob.digest();
}

function pull(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, (incoming) => {
      const hash = createHash('sha256');
      incoming.on('data', (chunk: Buffer) => hash.update(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        if (incoming.complete) resolve(`sha256:${hash.digest('hex')}`);
        else reject(new Error('Cannot pull: the answer was cut off'));
      });
    }).on('error', reject);
  });
}

interface Sampler {
  /** The most since the last step. */
  readonly step: () => number;
  readonly stop: () => void;
}

function samplePeak(pid: number): Sampler {
  let most = processMemory(pid).now;
  const timer = setInterval(() => {
    most = Math.max(most, processMemory(pid).now);
  }, 20);
  return {
    step: () => {
      const peak = Math.max(most, processMemory(pid).now);
      most = processMemory(pid).now;
      return peak;
    },
    stop: () => clearInterval(timer),
  };
}
