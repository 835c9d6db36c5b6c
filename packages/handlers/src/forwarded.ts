import type { RegistryRequest } from './message.ts';
import type { Settings } from './options.ts';

/** Who asks, and under which address the client knows us. */
export interface Origin {
  /** Address of the client, without port. */
  readonly remote: string | undefined;
  /** `Host` as the client sent it. */
  readonly host: string | undefined;
  readonly scheme: 'http' | 'https';
  /** What a proxy cut off from the start of the path. */
  readonly prefix: string;
}

/** What the proxies in front of us say. */
type Forwarded = Partial<Record<'for' | 'host' | 'proto' | 'prefix', string>>;

/**
 * The origin of a request. `Forwarded` (RFC 7239) and `X-Forwarded-*` are believed only from a trusted proxy; of several
 * hops, the last one that a trusted proxy vouches for.
 */
export function originOf(request: RegistryRequest, trustedProxy: Settings['trustedProxy']): Origin {
  const { remote } = request;
  const direct: Origin = {
    remote,
    host: request.header('host'),
    scheme: request.secure === true ? 'https' : 'http',
    prefix: '',
  };
  if (trustedProxy === undefined || remote === undefined || !trustedProxy(remote)) return direct;
  const hops = hopsOf(request);
  let first: Forwarded = {};
  for (const hop of hops) {
    first = hop;
    // Whatever lies beyond the first hop that is not ours was written by who knows whom.
    if (hop.for === undefined || !trustedProxy(hop.for)) break;
  }
  return {
    remote: first.for ?? remote,
    host: first.host ?? direct.host,
    scheme:
      first.proto === undefined ? direct.scheme : first.proto.toLowerCase() === 'https' ? 'https' : 'http',
    prefix: cleanPrefix(first.prefix),
  };
}

/** The hops from the nearest to the farthest. */
function hopsOf(request: RegistryRequest): Forwarded[] {
  const forwarded = request.header('forwarded');
  if (forwarded !== undefined) return forwarded.split(',').map(parseElement).reverse();
  const clients = list(request.header('x-forwarded-for'));
  const own = {
    ...optional('host', list(request.header('x-forwarded-host'))[0]),
    ...optional('proto', list(request.header('x-forwarded-proto'))[0]),
    ...optional('prefix', request.header('x-forwarded-prefix')),
  };
  // Only addresses are told hop by hop: the rest is what the client sent to the outermost proxy.
  if (clients.length === 0) return [own];
  return clients.map((client) => ({ for: withoutPort(client), ...own })).reverse();
}

function parseElement(element: string): Forwarded {
  const found: Forwarded = {};
  for (const pair of element.split(';')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    const value = pair
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
    if (name === 'for') found.for = withoutPort(value);
    else if (name === 'host' || name === 'proto') found[name] = value;
  }
  return found;
}

function list(header: string | undefined): string[] {
  return header === undefined
    ? []
    : header
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '');
}

function optional<K extends string>(name: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined || value === '' ? {} : ({ [name]: value } as Record<K, string>);
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711` without their port and brackets. */
function withoutPort(address: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(address);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  return /^[^:]*:\d+$/.test(address) ? address.slice(0, address.indexOf(':')) : address;
}

function cleanPrefix(prefix: string | undefined): string {
  return prefix !== undefined && /^(?:\/[A-Za-z0-9._~-]+)+\/?$/.test(prefix) ? prefix.replace(/\/$/, '') : '';
}
