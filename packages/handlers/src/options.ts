import { maxManifestSize } from '@lading/manifest';
import type { Access } from '@lading/repository';
import type { LocationOptions } from './location.ts';
import { type Methods, endpoints, restrict } from './route.ts';

/** How the API is served. */
export interface HandlerOptions {
  /** Who may do what. Default: everyone everything. */
  readonly access?: Access;
  /** Whether manifests, tags and blobs may be deleted; else 405 UNSUPPORTED. Default: true. */
  readonly deletes?: boolean;
  /** Refuse everything that would change anything with 405 UNSUPPORTED. Default: false. */
  readonly readOnly?: boolean;
  /** Send a GET of a blob to where its bytes lie, where the registry can tell (`blobs.url`): 307. Default: true. */
  readonly redirect?: boolean;
  /** Path under which the API lies, such as `/registry` for `/registry/v2/`. Default: none. */
  readonly prefix?: string;
  /**
   * How `Location` and `Link` are written. Default: `{ kind: 'relative' }`.
   *
   * @throws {TypeError} (from `createHandler`) when the URL of a host is malformed.
   */
  readonly location?: LocationOptions;
  /**
   * Whether a peer is a proxy of ours, so that what it says in `Forwarded` or `X-Forwarded-*` about the client is true.
   * Default: no peer is.
   */
  readonly trustedProxy?: (address: string) => boolean;
  /**
   * Headers of every answer, by name. Default: `X-Content-Type-Options: nosniff`, which stays unless it is named here.
   *
   * @throws {TypeError} (from `createHandler`) when a name or value is not one of HTTP.
   */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Largest manifest, in bytes; more is 413. Default: 4 MiB, which the specification asks for. */
  readonly maxManifestSize?: number;
  /** Most `?tag=` of one push; more is 414. Default: 100. The specification asks for at least 10. */
  readonly maxTagsPerPush?: number;
  /** Most tags of one page. Default: 1000. */
  readonly maxTags?: number;
  /** Most repositories of one page of the catalog. Default: 1000. */
  readonly maxRepositories?: number;
  /** Most referrers of one page; a page also ends before it grows beyond 4 MiB. Default: 1000. */
  readonly maxReferrers?: number;
  /** Seconds after which a client may try again when the failure does not say (`Retry-After` of 429 and 503). Default: 5. */
  readonly retryAfter?: number;
  /** Told of every failure that is not the client's: all answers from 500 up. Must not throw. Default: nobody is. */
  readonly onError?: (error: unknown, request: FailedRequest) => void;
}

/** The request of a failure. Without the query, which may hold secrets. */
export interface FailedRequest {
  readonly method: string;
  readonly path: string;
}

/** Options with their defaults, in the form in which requests need them. */
export interface Settings extends Required<
  Omit<HandlerOptions, 'access' | 'deletes' | 'readOnly' | 'headers' | 'onError' | 'trustedProxy'>
> {
  readonly access: Access | undefined;
  readonly onError: HandlerOptions['onError'] | undefined;
  readonly trustedProxy: HandlerOptions['trustedProxy'] | undefined;
  /** What may be done. */
  readonly methods: Methods;
  /** Headers of every answer: names and values in turn. */
  readonly headers: readonly string[];
}

export function settingsOf(options: HandlerOptions): Settings {
  return {
    access: options.access,
    redirect: options.redirect ?? true,
    prefix: prefixOf(options.prefix ?? ''),
    location: locationOf(options.location ?? { kind: 'relative' }),
    trustedProxy: options.trustedProxy,
    maxManifestSize: options.maxManifestSize ?? maxManifestSize,
    maxTagsPerPush: options.maxTagsPerPush ?? 100,
    maxTags: options.maxTags ?? 1000,
    maxRepositories: options.maxRepositories ?? 1000,
    maxReferrers: options.maxReferrers ?? 1000,
    retryAfter: options.retryAfter ?? 5,
    onError: options.onError,
    methods: methodsOf(options.deletes ?? true, options.readOnly ?? false),
    headers: headersOf(options.headers ?? {}),
  };
}

function methodsOf(deletes: boolean, readOnly: boolean): Methods {
  return restrict(endpoints, (method, kind) => {
    if (readOnly) return method === 'GET' || method === 'HEAD';
    // Who may push may also give up a push, whatever the setting says about deletes.
    return deletes || method !== 'DELETE' || kind === 'upload';
  });
}

/** `registry`, `/registry` and `/registry/` are the same. */
function prefixOf(prefix: string): string {
  const bare = prefix.replaceAll(/^\/+|\/+$/g, '');
  return bare === '' ? '' : `/${bare}`;
}

function locationOf(location: LocationOptions): LocationOptions {
  if (location.kind !== 'host') return location;
  const { protocol, search, hash } = URL.parse(location.url) ?? { protocol: '', search: '', hash: '' };
  if (/^https?:$/.test(protocol) && search + hash === '') {
    return { kind: 'host', url: location.url.replace(/\/+$/, '') };
  }
  throw new TypeError(
    `Cannot write places under ${JSON.stringify(location.url)}: it is not http(s)://host[:port][/path]`,
  );
}

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

function headersOf(named: NonNullable<HandlerOptions['headers']>): string[] {
  const headers = ['Docker-Distribution-API-Version', 'registry/2.0'];
  const names = Object.keys(named);
  if (!names.some((name) => name.toLowerCase() === 'x-content-type-options'))
    headers.push('X-Content-Type-Options', 'nosniff');
  for (const [name, values] of Object.entries(named)) {
    for (const value of typeof values === 'string' ? [values] : values) {
      if (!headerName.test(name) || !headerValue.test(value)) {
        throw new TypeError(`Cannot send header ${JSON.stringify(name)}: its name or value is malformed`);
      }
      headers.push(name, value);
    }
  }
  return headers;
}
