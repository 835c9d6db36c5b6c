/** One client that pushes at random until the registry dies under it. */
import { setImmediate as turn } from 'node:timers/promises';
import { httpClient } from '../peers/http-client.ts';
import type { Answer, Exchange } from '../peers/http-client.ts';
import {
  describe,
  digestOf,
  expectStatus,
  imageManifest,
  locationOf,
  mediaTypes,
  UnexpectedAnswer,
  withDigest,
} from '../peers/push.ts';
import type { Descriptor } from '../peers/push.ts';
import { absent, tagIs, tagMayBecome } from './ledger.ts';
import type { Ledger, Violation } from './ledger.ts';
import type { Random } from './random.ts';

/** What a client was doing when the registry was killed. */
type Phase =
  | 'between requests'
  | 'POST upload'
  | 'POST whole blob'
  | 'POST mount'
  | 'PATCH'
  | 'PUT blob'
  | 'PUT manifest'
  | 'DELETE tag';

export interface WorkloadOptions {
  readonly origin: string;
  /** Its own: two clients never set the same tag. */
  readonly name: string;
  readonly random: Random;
  readonly ledger: Ledger;
  /** Whether sha512, referrers and the like are tried, which Distribution does not do. */
  readonly everything: boolean;
}

export interface Workload {
  readonly phase: () => Phase;
  /** Requests answered as they should be. */
  readonly answered: () => number;
  /** Runs until the connection is lost; returns what was refused before. */
  readonly finished: Promise<readonly Violation[]>;
}

const repositories = ['library/one', 'library/two', 'a/rather/deep/name'] as const;

export function startWorkload({ origin, name, random, ledger, everything }: WorkloadOptions): Workload {
  const client = httpClient(origin);
  let phase: Phase = 'between requests';
  let answered = 0;
  /** The last manifest this client pushed to each repository: the subject of a later one. */
  const newest = new Map<string, Descriptor>();

  const send = async (doing: Phase, exchange: Exchange, ...statuses: readonly number[]): Promise<Answer> => {
    phase = doing;
    const answer = await expectStatus(client, exchange, ...statuses);
    phase = 'between requests';
    answered += 1;
    return answer;
  };

  const loop = async (): Promise<readonly Violation[]> => {
    try {
      for (;;) await step();
    } catch (error) {
      if (error instanceof UnexpectedAnswer) return [{ kind: 'refused', what: error.message }];
      if (isConnectionLost(error)) return [];
      throw error;
    } finally {
      client.close();
    }
  };

  const step = async (): Promise<void> => {
    const repository = random.pick(repositories);
    const kind = random.next();
    if (kind < 0.35) await pushBlob(repository, randomContent());
    else if (kind < 0.9) await pushImage(repository);
    else await deleteTag(repository);
  };

  /** A tenth of all blobs come from a small pool, so that clients push the same one at once. */
  const randomContent = (): Buffer => {
    if (random.chance(0.1)) return Buffer.alloc(random.integer(0, 9) * 10_000, 'shared ');
    const sizes = [
      [0, 0],
      [1, 8_192],
      [1, 8_192],
      [8_193, 262_144],
      [8_193, 262_144],
      [1_048_576, 4_194_304],
    ] as const satisfies readonly (readonly [number, number])[];
    const [from, to] = random.pick(sizes);
    return random.bytes(random.integer(from, to));
  };

  const pushImage = async (repository: string): Promise<void> => {
    const layers: Descriptor[] = [];
    for (let left = random.integer(1, 3); left > 0; left--) {
      layers.push(await pushBlob(repository, randomContent(), mediaTypes.layer));
    }
    const config = await pushBlob(repository, random.bytes(100), mediaTypes.config);
    const subject = everything && random.chance(0.3) ? newest.get(repository) : undefined;
    const manifest = imageManifest(config, layers, subject && { subject });
    await pushManifest(repository, manifest, subject?.digest);
    newest.set(repository, describe(manifest, mediaTypes.image));
  };

  const pushManifest = async (
    repository: string,
    body: Buffer,
    subject: string | undefined,
  ): Promise<void> => {
    const digest = digestOf(body);
    const tag = random.chance(0.8) ? `${name}-${random.integer(1, 3)}` : undefined;
    const known = `${repository}:${tag}`;
    if (tag !== undefined) tagMayBecome(ledger, known, digest);
    const path = `/v2/${repository}/manifests/${tag ?? digest}`;
    await send(
      'PUT manifest',
      { method: 'PUT', path, headers: { 'content-type': mediaTypes.image }, body },
      201,
    );

    if (tag !== undefined) tagIs(ledger, known, digest);
    ledger.entries.push({ kind: 'manifest', repository, digest, mediaType: mediaTypes.image });
    if (subject !== undefined) ledger.entries.push({ kind: 'referrer', repository, subject, digest });
  };

  const deleteTag = async (repository: string): Promise<void> => {
    const tag = `${name}-${random.integer(1, 3)}`;
    const known = `${repository}:${tag}`;
    const states = ledger.tags.get(known);
    if (states === undefined || states.has(absent)) return turn();
    tagMayBecome(ledger, known, absent);
    await send('DELETE tag', { method: 'DELETE', path: `/v2/${repository}/manifests/${tag}` }, 202);
    tagIs(ledger, known, absent);
  };

  const pushBlob = async (
    repository: string,
    bytes: Buffer,
    mediaType = 'application/octet-stream',
  ): Promise<Descriptor> => {
    const sha512 = everything && random.chance(0.1);
    const digest = digestOf(bytes, sha512 ? 'sha512' : 'sha256');
    const start = `/v2/${repository}/blobs/uploads/`;
    const how = random.next();
    if (how < 0.2) await pushInOneRequest(start, bytes, digest);
    else if (how < 0.5) await pushInTwoRequests(start, bytes, digest);
    else if (how < 0.75) await pushAsOneStream(start, bytes, digest);
    else await pushInChunks(start, bytes, digest);
    ledger.entries.push({ kind: 'blob', repository, digest, size: bytes.byteLength });

    if (random.chance(0.15)) await mount(digest, repository, bytes.byteLength);
    return { ...describe(bytes, mediaType), digest };
  };

  const pushInOneRequest = async (start: string, body: Buffer, digest: string): Promise<void> => {
    const answer = await send(
      'POST whole blob',
      { method: 'POST', path: withDigest(start, digest), body },
      201,
      202,
    );
    if (answer.status === 202) await commit(locationOf(answer), body, digest);
  };

  const pushInTwoRequests = async (start: string, body: Buffer, digest: string): Promise<void> => {
    const opened = await send('POST upload', { method: 'POST', path: start }, 202);
    await commit(locationOf(opened), body, digest);
  };

  /** As docker does: all bytes in one PATCH of unknown length, then an empty PUT. */
  const pushAsOneStream = async (start: string, body: Buffer, digest: string): Promise<void> => {
    const opened = await send('POST upload', { method: 'POST', path: start }, 202);
    const patch = {
      method: 'PATCH',
      path: locationOf(opened),
      body: slices(body, random.integer(1_000, 100_000)),
    };
    await commit(locationOf(await send('PATCH', patch, 202)), Buffer.alloc(0), digest);
  };

  /** Each chunk with its Content-Range; sometimes the last one goes with the PUT. */
  const pushInChunks = async (start: string, body: Buffer, digest: string): Promise<void> => {
    let location = locationOf(await send('POST upload', { method: 'POST', path: start }, 202));
    const size = Math.max(1, Math.ceil(body.byteLength / random.integer(1, 4)));
    const last = random.chance(0.5) ? Math.max(0, body.byteLength - size) : body.byteLength;
    for (let at = 0; at < last; at += size) {
      const chunk = body.subarray(at, Math.min(at + size, last));
      const headers = { 'content-range': `${at}-${at + chunk.byteLength - 1}` };
      location = locationOf(
        await send('PATCH', { method: 'PATCH', path: location, headers, body: chunk }, 202),
      );
    }
    await commit(location, body.subarray(last), digest);
  };

  const commit = async (location: string, body: Buffer, digest: string): Promise<void> => {
    const headers = { 'content-type': 'application/octet-stream' };
    await send('PUT blob', { method: 'PUT', path: withDigest(location, digest), headers, body }, 201);
  };

  const mount = async (digest: string, from: string, size: number): Promise<void> => {
    const repository = random.pick(repositories);
    const path = `/v2/${repository}/blobs/uploads/?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
    const { status } = await send('POST mount', { method: 'POST', path }, 201, 202);
    if (status === 201) ledger.entries.push({ kind: 'blob', repository, digest, size });
  };

  return { phase: () => phase, answered: () => answered, finished: loop() };
}

async function* slices(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.byteLength; at += size) {
    yield bytes.subarray(at, at + size);
    await turn();
  }
}

function isConnectionLost(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ECONNABORTED'].includes(String(code)) ||
    String(error).includes('cut off')
  );
}
