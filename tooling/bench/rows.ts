/** The rows of the benchmark: the work, how it is measured, and what is asked of ours against the peer. */
import type { Server } from '../peers/server.ts';
import type { Content } from './content.ts';
import { imageRate, largeBlob, pullRate, pushRate } from './transfers.ts';
import type { Framing, LargeBlob } from './transfers.ts';
import { requestRate } from './wrk.ts';

/** A registry that is being measured. */
export interface Subject {
  readonly server: Server;
  readonly content: Content;
  /** The blob that `pull` reads; pushed when first needed. */
  pulled?: LargeBlob;
}

export interface Effort {
  /** Seconds that a rate is measured for, after one of warming up. */
  readonly seconds: number;
  /** MiB of the large blob. */
  readonly large: number;
}

/** What is asked of ours: a share of the peer's figure, or an absolute limit. */
export type Target =
  | { readonly kind: 'at least'; readonly ratio: number }
  | { readonly kind: 'at most'; readonly ratio: number }
  | { readonly kind: 'under'; readonly limit: number };

export interface Row {
  readonly id: string;
  readonly work: string;
  readonly unit: string;
  readonly target: Target;
  readonly measure: (subject: Subject, effort: Effort) => Promise<number>;
}

/** Measured one after the other, each on both registries in turn. */
export const rows: readonly Row[] = [
  load('manifest-tag', 'GET manifest by tag', 3, 'GET', (c) => `${c.repository}/manifests/latest`),
  load(
    'manifest-digest',
    'GET manifest by digest',
    4,
    'GET',
    (c) => `${c.repository}/manifests/${c.manifest}`,
  ),
  // wrk waits for the body that Content-Length speaks of, and a HEAD has none: so the blob is empty.
  load('blob-head', 'HEAD blob', 4, 'HEAD', (c) => `${c.repository}/blobs/${c.emptyBlob}`),
  load('blob-get', 'GET blob of 200 kB', 8, 'GET', (c) => `${c.repository}/blobs/${c.blob}`),
  push('push', 'push one large blob: POST, PATCH, PUT', 'length'),
  push('push-chunked', 'the same, the PATCH in chunks of 32 KiB as docker sends it', 'chunked'),
  {
    id: 'pull',
    work: 'pull one large blob',
    unit: 'MiB/s',
    target: { kind: 'at least', ratio: 1.1 },
    measure: async (subject, { large }) => {
      const { port } = subject.server;
      if (subject.pulled === undefined) {
        subject.pulled = largeBlob(large);
        await pushRate(port, pulledRepository, subject.pulled, 'length');
      }
      const blob = subject.pulled;
      await pullRate(port, pulledRepository, blob);
      return mean(4, () => pullRate(port, pulledRepository, blob));
    },
  },
  {
    id: 'images',
    work: 'push images of 8 layers of 30 kB, 4 at once',
    unit: 'images/s',
    target: { kind: 'at least', ratio: 1.7 },
    measure: async ({ server }, { seconds }) => {
      await imageRate(server.port, 'bench/pushed-images', 1);
      return imageRate(server.port, 'bench/pushed-images', seconds);
    },
  },
  load('tags', 'list 2,000 tags, a page of 1,000', 10, 'GET', (c) => `${c.tagsRepository}/tags/list?n=1000`),
];

const pulledRepository = 'bench/pulled';

function load(
  id: string,
  work: string,
  ratio: number,
  method: 'GET' | 'HEAD',
  path: (content: Content) => string,
): Row {
  return {
    id,
    work,
    unit: '/s',
    target: { kind: 'at least', ratio },
    measure: async ({ server, content }, { seconds }) => {
      const url = `${server.origin}/v2/${path(content)}`;
      await requestRate({ method, url, seconds: 1 });
      return requestRate({ method, url, seconds });
    },
  };
}

function push(id: string, work: string, framing: Framing): Row {
  return {
    id,
    work,
    unit: 'MiB/s',
    target: { kind: 'at least', ratio: 1.3 },
    measure: async ({ server }, { large }) => {
      await pushRate(server.port, 'bench/pushed', largeBlob(64), framing);
      return mean(2, async () => pushRate(server.port, 'bench/pushed', largeBlob(large), framing));
    },
  };
}

async function mean(times: number, measure: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (let index = 0; index < times; index++) sum += await measure();
  return sum / times;
}
