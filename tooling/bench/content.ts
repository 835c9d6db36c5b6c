/** What is pushed before anything is measured, the same on both registries. */
import { randomBytes } from 'node:crypto';
import { httpClient } from '../peers/http-client.ts';
import {
  acceptAll,
  describe,
  digestOf,
  imageManifest,
  mediaTypes,
  pushBlob,
  pushManifest,
} from '../peers/push.ts';

export const mebibyte: number = 1 << 20;

export interface Content {
  readonly repository: string;
  /** The digest of the manifest that `latest` names, of about 700 bytes. */
  readonly manifest: string;
  /** The digest of a blob of 200 kB. */
  readonly blob: string;
  /** The digest of a blob of no bytes. */
  readonly emptyBlob: string;
  readonly tagsRepository: string;
}

/** Pushes the content that the rows read; returns its names. */
export async function pushContent(origin: string, tags = 2_000): Promise<Content> {
  const client = httpClient(origin);
  try {
    const repository = 'bench/image';
    const layers = [randomBytes(200_000), randomBytes(3_000), randomBytes(3_000)];
    const config = randomBytes(1_000);
    const empty = Buffer.alloc(0);
    for (const bytes of [empty, config, ...layers]) await pushBlob(client, repository, bytes);
    const manifest = imageManifest(
      describe(config, mediaTypes.config),
      layers.map((layer) => describe(layer, mediaTypes.layer)),
    );
    await pushManifest(client, repository, 'latest', manifest);

    const tagsRepository = 'bench/tags';
    const emptyConfig = Buffer.from('{}');
    await pushBlob(client, tagsRepository, emptyConfig);
    const tagged = imageManifest(describe(emptyConfig, mediaTypes.empty), []);
    const names = Array.from({ length: tags }, (_, index) => `v${index}`);
    await inParallel(16, names, (name) => pushManifest(client, tagsRepository, name, tagged));

    const content = {
      repository,
      manifest: digestOf(manifest),
      blob: digestOf(layers[0] ?? config),
      emptyBlob: digestOf(empty),
      tagsRepository,
    };
    await check(client, content, manifest);
    return content;
  } finally {
    client.close();
  }
}

/** Whether the registry answers what the rows ask for: a fast wrong answer is no result. */
async function check(
  client: ReturnType<typeof httpClient>,
  content: Content,
  manifest: Buffer,
): Promise<void> {
  const { repository, blob, emptyBlob, tagsRepository } = content;
  const get = async (path: string): Promise<Buffer> => {
    const { status, body } = await client.send({ method: 'GET', path, headers: { accept: acceptAll } });
    if (status !== 200) throw new Error(`Cannot measure: GET ${path} answered ${status}`);
    return body;
  };
  for (const reference of ['latest', content.manifest]) {
    const found = await get(`/v2/${repository}/manifests/${reference}`);
    if (!found.equals(manifest)) throw new Error(`Cannot measure: manifest "${reference}" came back changed`);
  }
  if (digestOf(await get(`/v2/${repository}/blobs/${blob}`)) !== blob) {
    throw new Error('Cannot measure: the blob came back changed');
  }
  if ((await get(`/v2/${repository}/blobs/${emptyBlob}`)).byteLength > 0) {
    throw new Error('Cannot measure: the empty blob is not empty');
  }
  const page = JSON.parse((await get(`/v2/${tagsRepository}/tags/list?n=1000`)).toString()) as {
    tags: string[];
  };
  if (page.tags.length !== 1_000 || page.tags.some((tag, index) => tag !== [...page.tags].sort()[index])) {
    throw new Error(`Cannot measure: a page of ${page.tags.length} tags, or not in order`);
  }
}

/** Runs `task` on all items, so many at once. */
async function inParallel<T>(
  width: number,
  items: readonly T[],
  task: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = [...items].reverse();
  const worker = async (): Promise<void> => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) await task(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
