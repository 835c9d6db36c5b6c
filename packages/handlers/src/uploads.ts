import type { ByteStream } from '@lading/bytes';
import {
  type AlgorithmName,
  type Digest,
  computableAlgorithmOf,
  isAlgorithmName,
  isDigest,
} from '@lading/digest';
import { RegistryError, isRegistryError } from '@lading/errors';
import { isName } from '@lading/reference';
import type { AppendOptions, Repository, Upload } from '@lading/repository';
import { decideMount } from './access.ts';
import { type Context, writable } from './context.ts';
import { errorResponse } from './error-response.ts';
import { contentLength, hasBody } from './content-length.ts';
import { blobPath, locate, uploadPath } from './location.ts';
import type { RegistryRequest, RegistryResponse } from './message.ts';
import { formatUploadRange, parseContentRange } from './range.ts';

/** Begins an upload, or does the whole of it: with `?mount=` or `?digest=` (distribution-spec, "Pushing blobs"). */
export async function startUpload(context: Context, name: string): Promise<RegistryResponse> {
  const query = new URLSearchParams(context.request.query);
  const mount = query.get('mount');
  if (mount !== null) return mountBlob(context, name, parseDigest(mount), query.get('from') ?? undefined);

  const digest = digestOf(query);
  const { uploads } = writable(context, name);
  const { request } = context;
  const upload = await uploads.create({ algorithm: algorithmOf(query, digest), signal: request.signal });
  // Without a body only the empty blob can be meant; who asks for another one is about to send it.
  const whole = digest !== undefined && (hasBody(request) || isEmpty(digest));
  if (!whole) return accepted(context, name, upload, 'started');
  await uploads.commit(upload.session, digest, lastOf(request), chunkOf(request));
  return created(context, name, digest);
}

/** Takes a chunk (distribution-spec, "Pushing a blob in chunks"). */
export async function patchUpload(context: Context, name: string): Promise<RegistryResponse> {
  const { request } = context;
  const repository = writable(context, name);
  const session = sessionOf(request);
  const options = chunkOf(request);
  return resumable(context, repository, session, async () => {
    const upload = await repository.uploads.append(session, request.body, options);
    return accepted(context, name, upload, upload.offset === 0 ? 'started' : 'there');
  });
}

/** Ends an upload, with or without last bytes (distribution-spec, "Pushing a blob in chunks", "POST then PUT"). */
export async function putUpload(context: Context, name: string): Promise<RegistryResponse> {
  const { request } = context;
  const repository = writable(context, name);
  const session = sessionOf(request);
  const digest = digestOf(new URLSearchParams(request.query));
  if (digest === undefined) throw invalidDigest('Cannot end upload: there is no digest');
  const options = chunkOf(request);
  return resumable(context, repository, session, async () => {
    await repository.uploads.commit(session, digest, lastOf(request), options);
    return created(context, name, digest);
  });
}

/** Where an upload is (distribution-spec, end-13). */
export async function getUpload(context: Context, name: string): Promise<RegistryResponse> {
  const upload = await writable(context, name).uploads.status(sessionOf(context.request), context.request);
  return { status: 204, headers: headersOf(context, name, upload, 'there') };
}

/** Gives an upload up (distribution-spec, "Cancel a blob upload"). */
export async function deleteUpload(context: Context, name: string, id: string): Promise<RegistryResponse> {
  await writable(context, name).uploads.cancel(sessionOf(context.request), context.request);
  return { status: 204, headers: ['Docker-Upload-UUID', id] };
}

async function mountBlob(
  context: Context,
  name: string,
  digest: Digest,
  from: string | undefined,
): Promise<RegistryResponse> {
  const { request } = context;
  const repository = writable(context, name);
  const algorithm = computableAlgorithmOf(digest);
  const decision = from === undefined || isName(from) ? await decideMount(context, name, from) : 'no';
  if (typeof decision === 'object') return decision;
  if (decision === 'no') {
    const upload = await repository.uploads.create({ algorithm, signal: request.signal });
    return accepted(context, name, upload, 'started');
  }
  const mount = await repository.blobs.mount(digest, {
    algorithm,
    signal: request.signal,
    ...(from === undefined ? {} : { from }),
  });
  return mount.kind === 'mounted'
    ? created(context, name, digest)
    : accepted(context, name, mount.upload, 'started');
}

/** Makes sure that a 416 tells where the upload is: who is told both `Location` and `Range` can go on. */
async function resumable(
  context: Context,
  repository: Repository,
  session: string,
  run: () => Promise<RegistryResponse>,
): Promise<RegistryResponse> {
  try {
    return await run();
  } catch (error) {
    if (!isRegistryError(error, 'RANGE_INVALID') || error.status !== 416) throw error;
    const upload = await repository.uploads.status(session, context.request);
    return errorResponse(error, headersOf(context, repository.name, upload, 'there'));
  }
}

function created({ request, settings }: Context, name: string, digest: Digest): RegistryResponse {
  const location = locate(blobPath(name, digest), request, settings);
  return {
    status: 201,
    headers: ['Location', location, 'Docker-Content-Digest', digest, 'Content-Length', '0'],
  };
}

function accepted(
  context: Context,
  name: string,
  upload: Upload,
  state: 'started' | 'there',
): RegistryResponse {
  return { status: 202, headers: [...headersOf(context, name, upload, state), 'Content-Length', '0'] };
}

/**
 * An upload just begun is told as `0-0`, since docker refuses an end before the start; where the question is how much is
 * there, nothing is `0--1`, since `0-0` would be one byte.
 */
function headersOf(
  { request, settings }: Context,
  name: string,
  upload: Upload,
  state: 'started' | 'there',
): string[] {
  // prettier-ignore
  const headers = [
    'Location', locate(uploadPath(name, upload.id, upload.session), request, settings),
    'Range', state === 'started' ? '0-0' : formatUploadRange(upload.offset),
    'Docker-Upload-UUID', upload.id,
  ];
  if (upload.minimumChunk !== undefined) headers.push('OCI-Chunk-Min-Length', String(upload.minimumChunk));
  return headers;
}

function sessionOf({ query }: RegistryRequest): string {
  const session = new URLSearchParams(query).get('_state');
  if (session !== null && session !== '') return session;
  throw new RegistryError('BLOB_UPLOAD_UNKNOWN', {
    message: 'Cannot find upload: the URL lacks its "_state"',
  });
}

/** The one digest that the query names; naming it twice is fine. */
function digestOf(query: URLSearchParams): Digest | undefined {
  const [digest, ...others] = new Set(query.getAll('digest'));
  if (others.length > 0) throw invalidDigest('Cannot use digest: there are several');
  return digest === undefined ? undefined : parseDigest(digest);
}

function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw invalidDigest('Cannot use digest: it is malformed, or its algorithm is unknown', {
    digest: text.slice(0, 200),
  });
}

function invalidDigest(message: string, detail?: unknown): RegistryError {
  return new RegistryError('DIGEST_INVALID', { message, detail });
}

function algorithmOf(query: URLSearchParams, digest: Digest | undefined): AlgorithmName {
  if (digest !== undefined) return computableAlgorithmOf(digest);
  const algorithm = query.get('digest-algorithm') ?? 'sha256';
  if (isAlgorithmName(algorithm)) return algorithm;
  throw invalidDigest('Cannot begin upload: the digest algorithm is unknown', {
    algorithm: algorithm.slice(0, 200),
  });
}

/** The bytes that end an upload, where there are any. */
function lastOf(request: RegistryRequest): ByteStream | undefined {
  return hasBody(request) ? request.body : undefined;
}

/** What the headers say of the bytes that come. */
function chunkOf(request: RegistryRequest): AppendOptions {
  const contentRange = request.header('content-range');
  const size = contentLength(request);
  const { signal } = request;
  if (contentRange === undefined) return size === undefined ? { signal } : { size, signal };
  const range = parseContentRange(contentRange);
  if (range === undefined) {
    throw new RegistryError('RANGE_INVALID', {
      status: 400,
      message: 'Cannot take chunk: Content-Range is not <start>-<end>',
    });
  }
  if (size !== undefined && size !== range.length) {
    throw new RegistryError('SIZE_INVALID', {
      message: `Cannot take chunk: Content-Range names ${range.length} bytes, Content-Length ${size}`,
    });
  }
  return { offset: range.offset, size: range.length, signal };
}

const emptyDigests: ReadonlySet<Digest> = new Set<Digest>([
  'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
]);

function isEmpty(digest: Digest): boolean {
  return emptyDigests.has(digest);
}
