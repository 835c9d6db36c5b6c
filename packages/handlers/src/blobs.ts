import type { Digest } from '@lading/digest';
import { RegistryError } from '@lading/errors';
import type { ReadableRepository, ReadBlobOptions } from '@lading/repository';
import { heedsRange, matches, validators } from './conditional.ts';
import { type Context, writable } from './context.ts';
import { errorResponse } from './error-response.ts';
import type { RegistryResponse } from './message.ts';
import { type RangeRequest, parseRange } from './range.ts';

/** What the bytes of a blob are said to be: descriptors give them a media type, blobs have none. */
const contentType = 'application/octet-stream';

/** The size of a blob (distribution-spec, "Checking if content exists in the registry"). Never redirected. */
export async function headBlob(
  { registry, request }: Context,
  name: string,
  digest: Digest,
): Promise<RegistryResponse> {
  const { size } = await registry.repository(name).blobs.stat(digest, request);
  if (isCurrent(request.header('if-none-match'), digest)) return notModified(digest);
  return { status: 200, headers: headersOf(digest, size) };
}

/** The bytes of a blob, or some of them (distribution-spec, "Pulling blobs"). */
export async function getBlob(context: Context, name: string, digest: Digest): Promise<RegistryResponse> {
  const { registry, request, settings } = context;
  const repository = registry.repository(name);
  const ifNoneMatch = request.header('if-none-match');
  const rangeHeader = heedsRange(request.header('if-range'), digest) ? request.header('range') : undefined;

  let range: RangeRequest = { kind: 'whole' };
  let size: number | undefined;
  if (ifNoneMatch !== undefined || rangeHeader !== undefined) {
    ({ size } = await repository.blobs.stat(digest, request));
    if (isCurrent(ifNoneMatch, digest)) return notModified(digest);
    if (rangeHeader !== undefined) range = parseRange(rangeHeader, size);
  }
  if (range.kind === 'unsatisfiable') {
    return errorResponse(new RegistryError('RANGE_INVALID'), ['Content-Range', `bytes */${size}`]);
  }

  const url = settings.redirect ? await urlOf(repository, digest, context) : undefined;
  if (url !== undefined) {
    return {
      status: 307,
      headers: ['Location', url, 'Content-Length', '0', 'Docker-Content-Digest', digest],
    };
  }

  const options: ReadBlobOptions = {
    ...(range.kind === 'part' ? { range: { offset: range.offset, length: range.length } } : {}),
    recycle: request.recycle === true,
    signal: request.signal,
  };
  const blob = await repository.blobs.read(digest, options);
  if (range.kind === 'whole') return { status: 200, headers: headersOf(digest, blob.size), body: blob.body };
  const end = range.offset + range.length - 1;
  const headers = headersOf(digest, range.length);
  headers.push('Content-Range', `bytes ${range.offset}-${end}/${blob.size}`);
  return { status: 206, headers, body: blob.body };
}

/** Takes a blob out of a repository (distribution-spec, "Deleting Blobs"). */
export async function deleteBlob(context: Context, name: string, digest: Digest): Promise<RegistryResponse> {
  await writable(context, name).blobs.delete(digest, context.request);
  return { status: 202, headers: ['Content-Length', '0', 'Docker-Content-Digest', digest] };
}

async function urlOf(
  { blobs }: ReadableRepository,
  digest: Digest,
  { request }: Context,
): Promise<string | undefined> {
  return blobs.url?.(digest, { contentType, signal: request.signal });
}

function isCurrent(ifNoneMatch: string | undefined, digest: Digest): boolean {
  return ifNoneMatch !== undefined && matches(ifNoneMatch, digest);
}

function notModified(digest: Digest): RegistryResponse {
  return { status: 304, headers: validators(digest, 'immutable') };
}

function headersOf(digest: Digest, length: number): string[] {
  // prettier-ignore
  return [
    'Content-Type', contentType,
    'Content-Length', String(length),
    'Accept-Ranges', 'bytes',
    ...validators(digest, 'immutable'),
  ];
}
