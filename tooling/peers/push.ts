/** Pushes content to a registry by plain requests, the way clients do. */
import { createHash } from 'node:crypto';
import type { Answer, Exchange, HttpClient } from './http-client.ts';

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

export const mediaTypes = {
  image: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  empty: 'application/vnd.oci.empty.v1+json',
  dockerImage: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

/** What a client that knows everything accepts. */
export const acceptAll: string = [
  mediaTypes.image,
  mediaTypes.index,
  mediaTypes.dockerImage,
  mediaTypes.dockerList,
].join(', ');

/** `sha256:<hex>` of some bytes, or of another algorithm. */
export function digestOf(bytes: Uint8Array, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** An answer with another status than the protocol has for this request. */
export class UnexpectedAnswer extends Error {
  constructor({ method, path }: Exchange, { status, body }: Answer) {
    super(`${method} ${path} answered ${status}: ${body.toString().slice(0, 500)}`);
  }
}

/** Sends a request that must be answered with one of these statuses. */
export async function expectStatus(
  client: HttpClient,
  exchange: Exchange,
  ...statuses: readonly number[]
): Promise<Answer> {
  const answer = await client.send(exchange);
  if (!statuses.includes(answer.status)) throw new UnexpectedAnswer(exchange, answer);
  return answer;
}

/** Opens an upload session; returns its location. */
export async function startUpload(client: HttpClient, repository: string): Promise<string> {
  const path = `/v2/${repository}/blobs/uploads/`;
  return locationOf(await expectStatus(client, { method: 'POST', path }, 202));
}

/** Pushes a blob with POST and PUT; returns its digest. */
export async function pushBlob(client: HttpClient, repository: string, bytes: Uint8Array): Promise<string> {
  const digest = digestOf(bytes);
  const location = await startUpload(client, repository);
  const headers = { 'content-type': 'application/octet-stream' };
  await expectStatus(
    client,
    { method: 'PUT', path: withDigest(location, digest), headers, body: bytes },
    201,
  );
  return digest;
}

/** Pushes a manifest under a tag or digest; returns the answer. */
export async function pushManifest(
  client: HttpClient,
  repository: string,
  reference: string,
  manifest: Uint8Array,
  mediaType: string = mediaTypes.image,
): Promise<Answer> {
  const path = `/v2/${repository}/manifests/${reference}`;
  const headers = { 'content-type': mediaType };
  return expectStatus(client, { method: 'PUT', path, headers, body: manifest }, 201);
}

/** An image manifest as bytes. */
export function imageManifest(
  config: Descriptor,
  layers: readonly Descriptor[],
  more: Readonly<Record<string, unknown>> = {},
): Buffer {
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.image, config, layers, ...more }),
  );
}

/** The descriptor of some bytes. */
export function describe(bytes: Uint8Array, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
}

/** The upload's next address. */
export function locationOf({ headers }: Answer): string {
  if (headers.location === undefined)
    throw new Error('Cannot go on with an upload: the answer has no Location');
  return headers.location;
}

/** An upload's address that commits it under a digest. */
export function withDigest(location: string, digest: string): string {
  return `${location}${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
}
