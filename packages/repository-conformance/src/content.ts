import { type ByteStream, fromChunks } from '@lading/bytes';
import { type AlgorithmName, type Digest, digestOf } from '@lading/digest';
import { type Descriptor, mediaTypes } from '@lading/manifest';
import type { PutManifest, PutManifestOptions, Repository } from '@lading/repository';

const encoder = new TextEncoder();

export function toBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes that look like no other length's, from 0 on. */
export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251);
}

/** Pushes a blob in one go. */
export async function pushBlob(
  repository: Repository,
  bytes: Uint8Array,
  algorithm: AlgorithmName = 'sha256',
): Promise<Descriptor> {
  const digest = await digestOf(bytes, algorithm);
  const { session } = await repository.uploads.create({ algorithm });
  await repository.uploads.commit(session, digest, fromChunks(bytes));
  return { mediaType: mediaTypes.ociLayer, digest, size: bytes.byteLength };
}

/** Members of an image manifest; each has a default that works. */
export interface ImageParts {
  readonly mediaType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const emptyJson: Uint8Array = toBytes('{}');

/** The descriptor of `{}`, which is the config of an artifact that has none. */
export async function emptyConfig(): Promise<Descriptor> {
  return { mediaType: mediaTypes.ociEmpty, digest: await digestOf(emptyJson), size: emptyJson.byteLength };
}

/** The bytes of an image manifest. */
export async function imageBytes(parts: ImageParts = {}): Promise<Uint8Array> {
  const defaults = { mediaType: mediaTypes.ociImage, config: await emptyConfig(), layers: [] };
  return toBytes(JSON.stringify({ schemaVersion: 2, ...defaults, ...parts }));
}

/** The bytes of an index. */
export function indexBytes(
  manifests: readonly Descriptor[],
  parts: Omit<ImageParts, 'config' | 'layers'> = {},
): Uint8Array {
  return toBytes(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests, ...parts }));
}

/** Pushes an image with its config, and nothing else that it may point at. */
export async function pushImage(
  repository: Repository,
  parts: ImageParts = {},
  options: PutManifestOptions = {},
): Promise<PutManifest> {
  await pushBlob(repository, emptyJson);
  return repository.manifests.put(await imageBytes(parts), parts.mediaType ?? mediaTypes.ociImage, options);
}

/** What points at something that was pushed. */
export function descriptorOf({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

/** A digest of content that nobody pushed. */
export const unknownDigest: Digest = `sha256:${'0'.repeat(64)}`;

/** A stream that breaks after some bytes, as that of a client that leaves. */
export function brokenStream(bytes: Uint8Array, failure: Error): ByteStream {
  return {
    async *[Symbol.asyncIterator]() {
      await Promise.resolve();
      yield bytes;
      throw failure;
    },
  };
}

/** A stream that tells whether it was read to its end or ended. */
export function watched(bytes: Uint8Array): { readonly stream: ByteStream; readonly isDone: () => boolean } {
  const chunks = [bytes];
  let done = false;
  const end = { done: true, value: undefined } as const;
  const stream: ByteStream = {
    [Symbol.asyncIterator]: () => ({
      next() {
        const value = chunks.shift();
        if (value !== undefined) return Promise.resolve({ done: false, value });
        done = true;
        return Promise.resolve(end);
      },
      return() {
        done = true;
        return Promise.resolve(end);
      },
    }),
  };
  return { stream, isDone: () => done };
}
