import { RegistryError } from '@lading/errors';
import { isTag } from '@lading/reference';
import type { Context } from './context.ts';
import { jsonResponse } from './error-response.ts';
import type { RegistryResponse } from './message.ts';
import { linkTo, pageOf } from './page.ts';

/** The tags of a repository (distribution-spec, "Listing Tags"). */
export async function tags(
  { registry, request, settings }: Context,
  name: string,
): Promise<RegistryResponse> {
  const { count, after } = pageOf(new URLSearchParams(request.query), settings.maxTags);
  if (after !== undefined && !isTag(after)) {
    throw new RegistryError('TAG_INVALID', { message: 'Cannot list tags: "last" is not a tag' });
  }
  const { signal } = request;
  // Even an empty page tells whether there is such a repository.
  const page = await registry
    .repository(name)
    .tags.list({ limit: Math.max(count, 1), signal, ...(after === undefined ? {} : { after }) });
  const items = count === 0 ? [] : page.items;
  const next = count === 0 ? undefined : page.next;
  const link =
    next === undefined
      ? []
      : linkTo(`/v2/${name}/tags/list`, { n: String(count), last: next }, request, settings);
  return jsonResponse(200, JSON.stringify({ name, tags: items }), link);
}
