import assert from 'node:assert/strict';
import { type AlgorithmName, type Digest, digestOf } from '@lading/digest';
import { type HandlerOptions, createHandler } from '@lading/handlers';
import type { ReadableRepository, Registry, Repository } from '@lading/repository';
import { registryStore } from '@lading/registry-store';
import { memoryStorage } from '@lading/storage-memory';
import { type HttpCase, type Reply, type Send, toBytes } from './exchange.ts';

/** What a case works with. */
export interface Bench {
  readonly send: Send;
  readonly registry: Registry;
}

export interface CaseOptions extends HandlerOptions {
  /** What is served instead of the registry in memory. */
  readonly serve?: (registry: Registry) => Registry<ReadableRepository>;
}

/** A case over a registry in memory. A failure that is not the client's fails the case, unless it is expected. */
export function httpCase(
  name: string,
  run: (bench: Bench) => Promise<void>,
  options: CaseOptions = {},
): HttpCase {
  return {
    name,
    async run(serve) {
      const registry = registryStore({ storage: memoryStorage() });
      const failures: unknown[] = [];
      const onError = options.onError ?? ((error: unknown) => failures.push(error));
      const served = await serve(
        createHandler(options.serve?.(registry) ?? registry, { ...options, onError }),
      );
      try {
        await run({ send: served.send, registry });
        assert.deepEqual(failures, []);
      } finally {
        await served[Symbol.asyncDispose]();
      }
    },
  };
}

/** The code of an error's answer, which must have the one form. */
export function codeOf(reply: Reply): string {
  assert.equal(reply.header('content-type'), 'application/json');
  const body = JSON.parse(reply.text) as { errors: Array<{ code: string; message: string }> };
  const [first] = body.errors;
  assert.ok(first);
  return first.code;
}

export function assertRefused(reply: Reply, status: number, code: string): void {
  assert.deepEqual({ status: reply.status, code: codeOf(reply) }, { status, code });
}

/** A header that must be there. */
export function need(reply: Reply, name: string): string {
  const value = reply.header(name);
  assert.ok(value !== undefined, `there is no ${name}`);
  return value;
}

/** Where an answer leads, as a target of this server. */
export function locationOf(reply: Reply): string {
  return need(reply, 'location');
}

/** A target with one more parameter, put there as Go's clients do: decoded, sorted and encoded again. */
export function withParameter(target: string, name: string, value: string): string {
  const mark = target.indexOf('?');
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  query.append(name, value);
  query.sort();
  return `${mark < 0 ? target : target.slice(0, mark)}?${query}`;
}

export async function pushBlob(
  send: Send,
  name: string,
  content: Uint8Array | string,
  algorithm: AlgorithmName = 'sha256',
): Promise<Digest> {
  const digest = await digestOf(toBytes(content), algorithm);
  const reply = await send('POST', `/v2/${name}/blobs/uploads/?digest=${digest}`, { body: content });
  assert.equal(reply.status, 201, reply.text);
  return digest;
}

export const ociImage = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndex = 'application/vnd.oci.image.index.v1+json';

/** The bytes of an artifact's manifest, whose config is `{}`; `extra` makes it another one. */
export async function artifact(extra: Readonly<Record<string, unknown>> = {}): Promise<Uint8Array> {
  const config = {
    mediaType: 'application/vnd.oci.empty.v1+json',
    digest: await digestOf(toBytes('{}')),
    size: 2,
  };
  return toBytes(
    JSON.stringify({ schemaVersion: 2, mediaType: ociImage, config, layers: [config], ...extra }),
  );
}

export async function pushManifest(
  send: Send,
  name: string,
  reference: string,
  bytes: Uint8Array,
): Promise<Digest> {
  await pushBlob(send, name, '{}');
  const headers = { 'content-type': ociImage };
  const reply = await send('PUT', `/v2/${name}/manifests/${reference}`, { headers, body: bytes });
  assert.equal(reply.status, 201, reply.text);
  return need(reply, 'docker-content-digest') as Digest;
}

/** The registry with some part of every repository replaced. */
export function withRepositories(
  registry: Registry,
  change: (repository: Repository) => Repository,
): Registry {
  return { ...registry, repository: (name) => change(registry.repository(name)) };
}
