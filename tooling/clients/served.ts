/** What a registry serves under a reference, read by plain requests and checked digest by digest. */
import assert from 'node:assert/strict';
import type { HttpClient } from '../peers/http-client.ts';
import { acceptAll, digestOf, expectStatus } from '../peers/push.ts';
import type { Descriptor } from '../peers/push.ts';

/** Pulls everything below a tag or digest; each must have the bytes that its digest says. */
export async function servedContent(
  client: HttpClient,
  repository: string,
  reference: string,
): Promise<ReadonlyMap<string, Buffer>> {
  const content = new Map<string, Buffer>();

  const blob = async ({ digest }: Descriptor): Promise<void> => {
    if (!content.has(digest))
      content.set(digest, await get(client, `/v2/${repository}/blobs/${digest}`, digest));
  };
  const manifest = async (wanted: string, digest?: string): Promise<void> => {
    const bytes = await get(client, `/v2/${repository}/manifests/${wanted}`, digest);
    content.set(digest ?? digestOf(bytes), bytes);
    const {
      config,
      layers = [],
      manifests = [],
    } = JSON.parse(bytes.toString()) as {
      config?: Descriptor;
      layers?: readonly Descriptor[];
      manifests?: readonly Descriptor[];
    };
    for (const child of config === undefined ? layers : [config, ...layers]) await blob(child);
    for (const child of manifests) await manifest(child.digest, child.digest);
  };
  await manifest(reference, reference.includes(':') ? reference : undefined);
  return content;
}

/**
 * All tags of a repository. Without any, Distribution knows no such repository if the directory of tags
 * has gone, and answers an empty list if it is still there.
 */
export async function servedTags(client: HttpClient, repository: string): Promise<readonly string[]> {
  const exchange = { method: 'GET', path: `/v2/${repository}/tags/list` };
  const { status, body } = await expectStatus(client, exchange, 200, 404);
  return status === 404 ? [] : ((JSON.parse(body.toString()) as { tags: string[] | null }).tags ?? []);
}

/** All repositories. */
export async function servedRepositories(client: HttpClient): Promise<readonly string[]> {
  return (JSON.parse((await get(client, '/v2/_catalog')).toString()) as { repositories: string[] })
    .repositories;
}

async function get(client: HttpClient, path: string, digest?: string): Promise<Buffer> {
  const { status, body } = await client.send({
    method: 'GET',
    path,
    headers: { accept: `${acceptAll}, */*` },
  });
  assert.equal(status, 200, `GET ${path}: ${body.toString().slice(0, 500)}`);
  if (digest !== undefined) assert.equal(digestOf(body, digest.split(':')[0]), digest, `GET ${path}`);
  return body;
}
