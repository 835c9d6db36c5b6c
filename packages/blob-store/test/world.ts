import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type ByteStream, fromChunks } from '@lading/bytes';
import { type Digest, digestOf } from '@lading/digest';
import type { Uploads } from '@lading/repository';
import { type StorageCall, type StorageDriver, observe } from '@lading/storage';
import { fsStorage } from '@lading/storage-fs';
import { memoryStorage } from '@lading/storage-memory';
import { type Blobs, type UploadsOptions, blobStore, secretKeys, uploads } from '../src/index.ts';

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const body = (...values: string[]): ByteStream => fromChunks(...values.map(text));
export const digest = (value: string): Promise<Digest> => digestOf(text(value));

/** A body that breaks off, as that of a client that is gone. */
export async function* cutOff(...values: string[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const value of values) yield text(value);
  throw new Error('connection reset');
}

export interface World {
  readonly storage: StorageDriver;
  readonly blobs: Blobs;
  readonly calls: StorageCall[];
  /** Digests that were linked, in order. */
  readonly linked: Digest[];
  /** Another process on the same storage. */
  readonly node: (options?: Partial<UploadsOptions>) => Uploads;
}

export const directory = '/v2/repositories/team/app/_uploads';

/** The places that every test of uploads goes through. */
export const places: Readonly<Record<string, () => World>> = {
  memory: () => createWorld(memoryStorage()),
  files: () => {
    const root = mkdtempSync(join(tmpdir(), 'lading-blob-store-'));
    directories.push(root);
    return createWorld(fsStorage({ root }));
  },
};

const directories: string[] = [];
after(() => {
  for (const root of directories) rmSync(root, { recursive: true, force: true });
});

export function createWorld(storage: StorageDriver = memoryStorage()): World {
  const calls: StorageCall[] = [];
  const linked: Digest[] = [];
  const observed = observe(storage, { onCall: (call) => calls.push(call) });
  const blobs = blobStore({ storage: observed, root: '/v2/blobs' });
  const node = (options: Partial<UploadsOptions> = {}): Uploads =>
    uploads({
      storage: observed,
      blobs,
      repository: 'team/app',
      directory,
      keys: secretKeys(['a secret']),
      link: (one) => {
        linked.push(one);
        return Promise.resolve();
      },
      ...options,
    });
  return { storage: observed, blobs, calls, linked, node };
}
