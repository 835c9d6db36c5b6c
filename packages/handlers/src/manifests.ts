import { collect } from '@lading/bytes';
import { RegistryError } from '@lading/errors';
import { isTag } from '@lading/reference';
import type { ManifestInfo, PutManifestOptions } from '@lading/repository';
import { matches, tagCondition, validators } from './conditional.ts';
import { contentLength } from './content-length.ts';
import { type Context, writable } from './context.ts';
import { locate, manifestPath } from './location.ts';
import type { RegistryRequest, RegistryResponse } from './message.ts';
import type { ManifestResource } from './route.ts';

/**
 * A manifest, or what is known of it (distribution-spec, "Pulling manifests"). It is served as it was stored whatever
 * `Accept` says: who forgot a type there can still read the answer's `Content-Type`, and 404 would be a lie.
 */
export async function getManifest(context: Context, resource: ManifestResource): Promise<RegistryResponse> {
  const { registry, request } = context;
  const { manifests } = registry.repository(resource.name);
  const ifNoneMatch = request.header('if-none-match');
  if (request.method === 'HEAD' || ifNoneMatch !== undefined) {
    const info = await manifests.stat(resource.reference, request);
    if (ifNoneMatch !== undefined && matches(ifNoneMatch, info.digest)) {
      return { status: 304, headers: validatorsOf(info, resource) };
    }
    if (request.method === 'HEAD') return { status: 200, headers: headersOf(info, resource) };
  }
  const manifest = await manifests.get(resource.reference, request);
  return { status: 200, headers: headersOf(manifest, resource), body: manifest.bytes };
}

/** Stores a manifest and points tags at it (distribution-spec, "Pushing Manifests"). */
export async function putManifest(context: Context, resource: ManifestResource): Promise<RegistryResponse> {
  const { request, settings } = context;
  const { name, digest } = resource;
  const repository = writable(context, name);
  const tags = digest === undefined ? [resource.reference] : tagsOf(request.query, settings.maxTagsPerPush);
  const condition = tagCondition(request.header('if-match'), request.header('if-none-match'));
  const bytes = await readManifest(request, settings.maxManifestSize);

  const options: PutManifestOptions = {
    tags,
    signal: request.signal,
    ...(digest === undefined ? {} : { digest }),
    ...(condition === undefined ? {} : { condition }),
  };
  const stored = await repository.manifests.put(bytes, request.header('content-type'), options);

  // prettier-ignore
  const headers = [
    'Location', locate(manifestPath(name, stored.digest), request, settings),
    'Docker-Content-Digest', stored.digest,
    'Content-Length', '0',
  ];
  if (stored.subject !== undefined) headers.push('OCI-Subject', stored.subject);
  if (digest !== undefined && tags.length > 0) headers.push('OCI-Tag', tags.join(', '));
  return { status: 201, headers };
}

/** Takes a manifest or a tag out of a repository (distribution-spec, "Deleting tags", "Deleting Manifests"). */
export async function deleteManifest(
  context: Context,
  resource: ManifestResource,
): Promise<RegistryResponse> {
  const repository = writable(context, resource.name);
  if (resource.digest === undefined) await repository.tags.delete(resource.reference, context.request);
  else await repository.manifests.delete(resource.digest, context.request);
  return { status: 202, headers: ['Content-Length', '0'] };
}

/** The tags that a push by digest asks for (distribution-spec, end-7b). */
function tagsOf(query: string, limit: number): string[] {
  if (query === '') return [];
  const tags = [...new Set(new URLSearchParams(query).getAll('tag'))];
  if (tags.length > limit) {
    throw new RegistryError('TAG_INVALID', {
      status: 414,
      message: `Cannot push: more than ${limit} tags at once`,
    });
  }
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong === undefined) return tags;
  throw new RegistryError('TAG_INVALID', {
    message: 'Cannot push: a tag is malformed',
    detail: { tag: wrong.slice(0, 200) },
  });
}

async function readManifest(request: RegistryRequest, limit: number): Promise<Uint8Array> {
  const tooLarge = (cause?: unknown): RegistryError =>
    new RegistryError('SIZE_INVALID', {
      status: 413,
      message: `Cannot push manifest: it is larger than ${limit} bytes`,
      cause,
    });
  // Known before anything is read, so that nothing need be sent.
  if ((contentLength(request) ?? 0) > limit) throw tooLarge();
  try {
    return await collect(request.body, limit);
  } catch (error) {
    throw error instanceof RangeError ? tooLarge(error) : error;
  }
}

function headersOf(info: ManifestInfo, resource: ManifestResource): string[] {
  // prettier-ignore
  return [
    'Content-Type', servable.test(info.mediaType) ? info.mediaType : 'application/octet-stream',
    'Content-Length', String(info.size),
    ...validatorsOf(info, resource),
  ];
}

/** Types that a header takes and no browser shows: a manifest that another program stored may say anything of itself. */
const servable = /^application\/[\w.+-]+$/;

function validatorsOf({ digest }: ManifestInfo, resource: ManifestResource): string[] {
  return validators(digest, resource.digest === undefined ? 'no-cache' : 'immutable');
}
