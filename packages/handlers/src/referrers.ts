import type { Digest } from '@lading/digest';
import { type Descriptor, maxManifestSize, mediaTypes } from '@lading/manifest';
import type { Page } from '@lading/repository';
import type { Context } from './context.ts';
import { jsonResponse } from './error-response.ts';
import type { RegistryResponse } from './message.ts';
import { linkTo, pageOf } from './page.ts';

/** What refers to a manifest, as an image index (distribution-spec, "Listing Referrers"). */
export async function referrers(
  { registry, request, settings }: Context,
  name: string,
  subject: Digest,
): Promise<RegistryResponse> {
  const query = new URLSearchParams(request.query);
  const { count, after } = pageOf(query, settings.maxReferrers);
  // A media type holds no space: this one was a plus sign that the client did not encode.
  const artifactType = query.get('artifactType')?.replaceAll(' ', '+') ?? '';
  const filter = artifactType === '' ? {} : { artifactType };

  const { signal } = request;
  const page: Page<Descriptor> =
    count === 0
      ? { items: [] }
      : await registry
          .repository(name)
          .referrers(subject, { limit: count, signal, ...filter, ...(after === undefined ? {} : { after }) });
  const { texts, next } = fit(page);

  const headers = artifactType === '' ? [] : ['OCI-Filters-Applied', 'artifactType'];
  if (next !== undefined) {
    headers.push(
      ...linkTo(
        `/v2/${name}/referrers/${subject}`,
        { ...filter, n: String(count), last: next },
        request,
        settings,
      ),
    );
  }
  const index = `{"schemaVersion":2,"mediaType":"${mediaTypes.ociIndex}","manifests":[${texts.join(',')}]}`;
  return jsonResponse(200, index, headers, mediaTypes.ociIndex);
}

/** As much of a page as clients read of one manifest: annotations may be long. At least one descriptor. */
function fit({ items, next }: Page<Descriptor>): {
  readonly texts: readonly string[];
  readonly next: string | undefined;
} {
  const texts: string[] = [];
  let room = maxManifestSize - 1024;
  let last: Descriptor | undefined;
  for (const descriptor of items) {
    const text = JSON.stringify(descriptor);
    room -= text.length + 1;
    if (room < 0 && last !== undefined) return { texts, next: last.digest };
    texts.push(text);
    last = descriptor;
  }
  return { texts, next };
}
