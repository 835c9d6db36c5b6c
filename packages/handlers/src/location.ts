import type { Digest } from '@lading/digest';
import { originOf } from './forwarded.ts';
import type { RegistryRequest } from './message.ts';
import type { Settings } from './options.ts';

/**
 * How our own URLs are written:
 *
 * - `relative`: paths, which a client takes for those of the host it asked. Right behind any proxy that leaves paths alone.
 * - `request`: absolute, with the scheme and host that the client used, behind a trusted proxy too.
 * - `host`: absolute, with what is given here: `https://registry.example:5000`, with a path where a proxy adds one.
 */
export type LocationOptions =
  | { readonly kind: 'relative' }
  | { readonly kind: 'request' }
  | { readonly kind: 'host'; readonly url: string };

const authority = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Our URL of a path of the API, such as `/v2/team/app/blobs/sha256:…`. */
export function locate(
  path: string,
  request: RegistryRequest,
  { location, prefix, trustedProxy }: Settings,
): string {
  if (location.kind === 'host') return `${location.url}${prefix}${path}`;
  if (location.kind === 'relative' && trustedProxy === undefined) return `${prefix}${path}`;
  const origin = originOf(request, trustedProxy);
  const local = `${origin.prefix}${prefix}${path}`;
  if (location.kind === 'relative') return local;
  // A host that could not be one must not reach an answer.
  return origin.host !== undefined && authority.test(origin.host)
    ? `${origin.scheme}://${origin.host}${local}`
    : local;
}

export function blobPath(name: string, digest: Digest): string {
  return `/v2/${name}/blobs/${digest}`;
}

export function manifestPath(name: string, digest: Digest): string {
  return `/v2/${name}/manifests/${digest}`;
}

/**
 * Where an upload goes on. The session is one parameter of letters that no client encodes in another way; that of a
 * registry which knows no such restraint is encoded.
 */
export function uploadPath(name: string, id: string, session: string): string {
  return `/v2/${name}/blobs/uploads/${id}?_state=${encodeURIComponent(session)}`;
}
