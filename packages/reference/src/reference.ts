import { isName } from './name.ts';
import { isTag } from './tag.ts';

/** Where an image is: `registry.example:5000/team/app:1.2@sha256:…`. At least one of tag and digest, or neither for a repository. */
export interface ImageReference {
  /** Host and, where given, port; such as `docker.io` or `[::1]:5000`. */
  readonly registry: string;
  /** Repository name, such as `library/alpine`. */
  readonly repository: string;
  readonly tag?: string;
  /** As written, such as `sha256:…`; its grammar is that of `@lading/digest`. */
  readonly digest?: string;
}

const defaultRegistry = 'docker.io';
const host = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::[0-9]{1,5})?$/;
const digest = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/**
 * Reads an image reference as people type it, with Docker's familiar short names: `alpine` is
 * `docker.io/library/alpine`. A first component is a host when it holds a dot or a colon, is `localhost`, or has an
 * upper-case letter.
 *
 * @throws {SyntaxError} when it is not one.
 */
export function parseReference(text: string): ImageReference {
  const fail = (why: string): never => {
    throw new SyntaxError(`Cannot parse reference ${JSON.stringify(text)}: ${why}`);
  };
  const [whole = '', digestText, ...rest] = text.split('@');
  if (rest.length > 0) fail('it has two digests');
  if (digestText !== undefined && !digest.test(digestText)) fail('its digest is malformed');
  const { registry, path } = splitRegistry(whole);
  if (!host.test(registry)) fail('its registry is malformed');
  const colon = path.indexOf(':');
  const name = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  const repository = registry === defaultRegistry && !name.includes('/') ? `library/${name}` : name;
  if (!isName(repository)) fail('its repository name is malformed');
  if (tag !== undefined && !isTag(tag)) fail('its tag is malformed');
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digestText === undefined ? {} : { digest: digestText }),
  };
}

function splitRegistry(text: string): { registry: string; path: string } {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  if (!isHost) return { registry: defaultRegistry, path: text };
  const registry = first === 'index.docker.io' ? defaultRegistry : first;
  return { registry, path: text.slice(slash + 1) };
}

/** The full text of a reference: nothing familiar is left out. `parseReference` gives the same parts back. */
export function formatReference({ registry, repository, tag, digest: pinned }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${pinned === undefined ? '' : `@${pinned}`}`;
}
