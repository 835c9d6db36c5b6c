import { type ByteStream, discard, tap } from '@lading/bytes';
import {
  type Digest,
  type Hasher,
  computableAlgorithmOf,
  createHasher,
  isMismatchError,
} from '@lading/digest';
import { RegistryError } from '@lading/errors';
import type { BlobInfo, Cancellable, Upload, Uploads } from '@lading/repository';
import { type StorageDriver, isStorageError } from '@lading/storage';
import { type Blobs, readAll } from './blobs.ts';
import type { UploadKeys } from './keys.ts';
import { type Received, receive } from './received.ts';
import { type RunningHashes, runningHashes } from './running-hashes.ts';
import { type Part, chainTo, createMark, formatPart, listParts, longestFrom } from './upload-parts.ts';
import { type UploadState, noMark, uploadTokens } from './upload-token.ts';

/** What the uploads of one repository are made of. */
export interface UploadsOptions {
  readonly storage: StorageDriver;
  /** Where committed bytes go. */
  readonly blobs: Blobs;
  /** Name of the repository: a session of another one is unknown here. */
  readonly repository: string;
  /** Directory of the repository's uploads: parts lie in `<directory>/<id>/`. */
  readonly directory: string;
  /** Signs and verifies sessions. */
  readonly keys: UploadKeys;
  /** Makes a stored blob part of the repository. Called on commit, after the bytes are on stable storage. */
  readonly link: (digest: Digest, options?: Cancellable) => Promise<void>;
  /** Hashes under way, shared by all repositories of a process. Default: one's own. */
  readonly running?: RunningHashes;
  /** How long a session holds, in milliseconds; less than the age at which uploads are purged. Default: six days. */
  readonly lifetime?: number;
  /** How long storing goes on for bytes whose sender has left, in milliseconds. Default: 5000. */
  readonly grace?: number;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Runs what nobody waits for: the removal of parts that were committed. Default: at once, and a failure leaves them to the purge. */
  readonly later?: (work: () => Promise<void>) => void;
}

/** A part that was just stored. */
interface Stored {
  readonly part: Part;
  readonly state: UploadState;
}

/**
 * Uploads that keep no state in any process. Each append is an object of its own that is never written again; the session names the last
 * of them, and carries the hash so far of exactly that chain. Two writers at one offset fork, and each can commit only its own chain.
 */
export function uploads(options: UploadsOptions): Uploads {
  const { storage, blobs, repository, directory, link } = options;
  const {
    now = Date.now,
    lifetime = 6 * 86_400_000,
    grace = 5000,
    running = runningHashes(),
    later = drop,
  } = options;
  const tokens = uploadTokens({ keys: options.keys, lifetime, now });

  const partsOf = (id: string): string => `${directory}/${id}`;
  const pathOf = (id: string, part: Part): string => `${partsOf(id)}/${formatPart(part)}`;

  const toUpload = async (state: UploadState): Promise<Upload> => ({
    session: await tokens.seal(state),
    id: state.id,
    offset: state.offset,
  });

  const open = async (session: string): Promise<UploadState> => {
    const state = await tokens.open(session);
    if (state === undefined || state.repository !== repository) throw uploadUnknown();
    return state;
  };

  /** A hasher that has seen the bytes so far, if that costs no second look at them. */
  const hasherAt = async (state: UploadState, chunked: boolean): Promise<Hasher | undefined> => {
    if (state.mark === noMark) return createHasher(state.algorithm, { resumable: chunked });
    const known = running.get(state.mark);
    if (known !== undefined || state.hash === undefined) return known;
    try {
      return await createHasher(state.algorithm, { state: state.hash });
    } catch (error) {
      // Saved by another version of the hash, in a rolling upgrade: the bytes are read again at the end.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };

  /** Stores what was received as the next part. Nothing is left of it when that fails. */
  const store = async (
    state: UploadState,
    received: Received,
    chunked: boolean,
    signal?: AbortSignal,
  ): Promise<Stored> => {
    const hasher = await hasherAt(state, chunked);
    const part = { offset: state.offset, previous: state.mark, mark: createMark() };
    const source = hasher === undefined ? received.stream : tap(received.stream, hasher.update);
    const size = await storage.write(pathOf(state.id, part), source, {
      stable: 'bytes',
      ...(signal === undefined ? {} : { signal }),
    });
    const { digest: _, hash: __, ...rest } = state;
    if (hasher === undefined)
      return { part, state: { ...rest, offset: state.offset + size, mark: part.mark } };
    const hash = hasher.save?.();
    if (hash === undefined) running.set(part.mark, hasher);
    const next = { ...rest, offset: state.offset + size, mark: part.mark, digest: hasher.digest() };
    return { part, state: hash === undefined ? next : { ...next, hash } };
  };

  /** The digest of a chain of parts: as the session vouches, as this process remembers, or from the bytes. */
  const digestOfChain = async (
    state: UploadState,
    chain: readonly Part[],
    wanted: Digest,
    signal?: AbortSignal,
  ): Promise<Digest> => {
    const algorithm = computableAlgorithmOf(wanted);
    if (state.algorithm === algorithm) {
      const known = state.digest ?? running.get(state.mark)?.digest();
      if (known !== undefined) return known;
    }
    const hasher = await createHasher(algorithm);
    const paths = chain.map((part) => pathOf(state.id, part));
    for await (const chunk of readAll(storage, paths, { recycle: true, ...withSignal(signal) }))
      hasher.update(chunk);
    return hasher.digest();
  };

  /** The way of most pushes: all bytes in one request, straight to where they stay. */
  const commitWhole = async (
    digest: Digest,
    body: ByteStream,
    size: number | undefined,
    signal?: AbortSignal,
  ): Promise<BlobInfo> => {
    try {
      const blob = await blobs.write(digest, body, {
        ...(size === undefined ? {} : { size }),
        ...withSignal(signal),
      });
      await link(digest, withSignal(signal));
      return blob;
    } catch (error) {
      throw translate(error, digest);
    }
  };

  const commitChain = async (state: UploadState, digest: Digest, signal?: AbortSignal): Promise<BlobInfo> => {
    const chain = chainTo(await listParts(storage, partsOf(state.id), withSignal(signal)), state.mark);
    if (chain === undefined) return commitAgain(state, digest, signal);
    const actual = await digestOfChain(state, chain, digest, signal);
    if (actual !== digest) throw digestInvalid(digest, actual);
    const paths = chain.map((part) => pathOf(state.id, part));
    try {
      await blobs.adopt(digest, paths, withSignal(signal));
    } catch (error) {
      // Another request with the same session was faster, or cancelled the upload.
      if (isStorageError(error, 'not-found')) return commitAgain(state, digest, signal);
      throw error;
    }
    await link(digest, withSignal(signal));
    later(() => storage.delete(partsOf(state.id)));
    return { digest, size: state.offset };
  };

  /**
   * The parts are gone. If they became the blob, the client missed our answer and asks again: its session proves that these very bytes
   * came through it, so the answer is the same.
   */
  const commitAgain = async (state: UploadState, digest: Digest, signal?: AbortSignal): Promise<BlobInfo> => {
    if (state.digest !== digest) throw uploadUnknown();
    const blob = await blobs.stat(digest, withSignal(signal)).catch((error: unknown) => {
      throw error instanceof Error && 'code' in error && error.code === 'BLOB_UNKNOWN'
        ? uploadUnknown()
        : error;
    });
    await link(digest, withSignal(signal));
    return blob;
  };

  return {
    async create({ algorithm = 'sha256' } = {}) {
      return toUpload({ repository, id: crypto.randomUUID(), algorithm, offset: 0, mark: noMark });
    },

    async status(session, request) {
      const state = await open(session);
      const parts = await listParts(storage, partsOf(state.id), request);
      if (chainTo(parts, state.mark) === undefined) throw uploadUnknown();
      const end = await longestFrom(storage, partsOf(state.id), parts, state, request);
      if (end.mark === state.mark) return toUpload(state);
      const { digest: _, hash: __, ...rest } = state;
      return toUpload({ ...rest, ...end });
    },

    async append(session, body, { offset, signal } = {}) {
      const state = await openFor(session, body, offset);
      const received = await receive(body, true);
      if (received === undefined) return toUpload(state);
      const patience = withGrace(signal, grace);
      try {
        const stored = await store(state, received, offset !== undefined, patience.signal);
        if (received.failure() !== undefined) throw received.failure();
        return await toUpload(stored.state);
      } finally {
        patience.end();
      }
    },

    async commit(session, digest, last, { offset, size, signal } = {}) {
      const state = await openFor(session, last, offset);
      const received = last === undefined ? undefined : await receive(last, false);
      if (state.mark === noMark) return commitWhole(digest, received?.stream ?? nothing, size, signal);
      if (received === undefined) return commitChain(state, digest, signal);
      const stored = await store(state, received, offset !== undefined, signal);
      try {
        const came = stored.state.offset - state.offset;
        if (size !== undefined && came !== size) throw sizeInvalid(size, came);
        return await commitChain(stored.state, digest, signal);
      } catch (error) {
        // A refused request leaves the upload as it was. If this fails too, the purge takes the part: no session names it.
        await storage.delete(pathOf(state.id, stored.part)).catch(() => undefined);
        throw error;
      }
    },

    async cancel(session, request) {
      const state = await open(session);
      await storage.delete(partsOf(state.id), request);
    },
  };

  async function openFor(
    session: string,
    body: ByteStream | undefined,
    offset: number | undefined,
  ): Promise<UploadState> {
    try {
      const state = await open(session);
      if (offset !== undefined && offset !== state.offset) throw rangeInvalid(state.offset, offset);
      return state;
    } catch (error) {
      if (body !== undefined) await discard(body);
      throw error;
    }
  }
}

const nothing: ByteStream = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

function drop(work: () => Promise<void>): void {
  work().catch(() => undefined);
}

/** A signal that follows another after a while: what a sender left behind is still stored, but not for ever. */
function withGrace(signal: AbortSignal | undefined, grace: number): { signal: AbortSignal; end: () => void } {
  const own = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = (): void => {
    timer ??= setTimeout(() => own.abort(signal?.reason), grace);
  };
  if (signal?.aborted === true) follow();
  else signal?.addEventListener('abort', follow, { once: true });
  return {
    signal: own.signal,
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', follow);
    },
  };
}

function withSignal(signal: AbortSignal | undefined): Cancellable {
  return signal === undefined ? {} : { signal };
}

function translate(error: unknown, digest: Digest): unknown {
  if (!isMismatchError(error)) return error;
  return typeof error.actual === 'number'
    ? sizeInvalid(Number(error.expected), error.actual, error)
    : digestInvalid(digest, error.actual, error);
}

function uploadUnknown(): RegistryError {
  return new RegistryError('BLOB_UPLOAD_UNKNOWN');
}

function rangeInvalid(offset: number, given: number): RegistryError {
  return new RegistryError('RANGE_INVALID', {
    message: `chunk begins at ${given}, but the upload is at ${offset}`,
    detail: { offset },
  });
}

function sizeInvalid(expected: number, actual: number, cause?: unknown): RegistryError {
  return new RegistryError('SIZE_INVALID', { detail: { expected, actual }, cause });
}

function digestInvalid(expected: Digest, actual: Digest | number, cause?: unknown): RegistryError {
  return new RegistryError('DIGEST_INVALID', { detail: { expected, actual }, cause });
}
