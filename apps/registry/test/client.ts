import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Headers of a request by name. */
export type Headers = Readonly<Record<string, string>>;

/** An image of one random layer. */
export interface PushedImage {
  readonly layer: Uint8Array<ArrayBuffer>;
  readonly layerDigest: string;
  readonly manifestDigest: string;
}

/** Pushes a blob in one request. */
export async function pushBlob(
  base: string,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Headers = {},
): Promise<string> {
  const digest = digestOf(bytes);
  const response = await fetch(`${base}/v2/${name}/blobs/uploads/?digest=${digest}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream', ...headers },
    body: bytes,
  });
  assert.equal(response.status, 201, await response.text());
  return digest;
}

/** Pushes an image under a tag. */
export async function pushImage(
  base: string,
  name: string,
  tag: string,
  headers: Headers = {},
): Promise<PushedImage> {
  const layer = new Uint8Array(randomBytes(100_000));
  const layerDigest = await pushBlob(base, name, layer, headers);
  const config = new TextEncoder().encode('{}');
  const configDigest = await pushBlob(base, name, config, headers);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: configDigest,
      size: config.byteLength,
    },
    layers: [
      { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: layerDigest, size: layer.byteLength },
    ],
  });
  const response = await fetch(`${base}/v2/${name}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'Content-Type': mediaType, ...headers },
    body: manifest,
  });
  assert.equal(response.status, 201, await response.text());
  return { layer, layerDigest, manifestDigest: digestOf(new TextEncoder().encode(manifest)) };
}

/** Pulls what was pushed, and compares every byte. */
export async function pullImage(
  base: string,
  name: string,
  tag: string,
  image: PushedImage,
  headers: Headers = {},
): Promise<void> {
  const manifest = await fetch(`${base}/v2/${name}/manifests/${tag}`, { headers });
  assert.equal(manifest.status, 200);
  assert.equal(digestOf(new Uint8Array(await manifest.arrayBuffer())), image.manifestDigest);
  const layer = await fetch(`${base}/v2/${name}/blobs/${image.layerDigest}`, { headers });
  assert.equal(layer.status, 200);
  assert.deepEqual(new Uint8Array(await layer.arrayBuffer()), image.layer);
}
