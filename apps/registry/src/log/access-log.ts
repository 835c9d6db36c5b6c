import { byteStream } from '@lading/bytes';
import type { ByteStream } from '@lading/bytes';
import type { RegistryHandler, RegistryRequest, RegistryResponse } from '@lading/handlers';
import { parseBasic } from '../access/basic-credentials.ts';
import type { Log } from './log.ts';
import { withRequestId } from './request-id.ts';

export interface AccessLogOptions {
  readonly log: Log;
  /** Whether each request gets a line. Default: true. */
  readonly enabled?: boolean;
  readonly requestId: (given: string | undefined) => string;
  /** Whether a peer is a proxy of ours, so that it is told for whom it asks. Default: no peer is. */
  readonly trustedProxy?: (address: string) => boolean;
  /** Milliseconds of a clock that only goes forward. Default: `performance.now`. */
  readonly now?: () => number;
}

/** Query parameters that hold nothing secret. The state of an upload is a token, and stays out. */
const told = new Set([
  'digest',
  'digest-algorithm',
  'mount',
  'from',
  'n',
  'last',
  'artifactType',
  'tag',
  'ns',
]);

/** Characters of a path that are told. */
const longest = 1024;

/** The same handler, with an id for each request, which its answer carries, and one line for each in the log. */
export function accessLog(
  handler: RegistryHandler,
  { log, enabled = true, requestId, trustedProxy, now = () => performance.now() }: AccessLogOptions,
): RegistryHandler {
  return async (request) => {
    const id = requestId(request.header('x-request-id'));
    const start = enabled ? now() : 0;
    const response = await withRequestId(id, () => handler(request));
    const headers = response.headers.concat('X-Request-ID', id);
    if (!enabled) return { ...response, headers };
    const tell = (bytes: number, cut: boolean): void => {
      const { method, path, query } = request;
      const user = response.status === 401 ? undefined : parseBasic(request.header('authorization'))?.user;
      log.info(`${method} ${path.slice(0, longest)}`, {
        id,
        ...(query === '' ? {} : visibleQuery(query)),
        status: response.status,
        bytes,
        ms: Math.round((now() - start) * 100) / 100,
        remote: request.remote,
        for: forwardedFor(request, trustedProxy),
        user,
        agent: request.header('user-agent'),
        ...(cut ? { cut } : {}),
      });
    };
    const { status, body } = response;
    if (body === undefined) {
      tell(0, false);
      return { status, headers };
    }
    if (body instanceof Uint8Array) {
      tell(body.byteLength, false);
      return { status, headers, body };
    }
    return { status, headers, body: counted(body, response, tell) };
  };
}

/** The same stream, which tells at its end how many bytes were taken, and whether some were left. */
function counted(
  stream: ByteStream,
  { headers }: RegistryResponse,
  tell: (bytes: number, cut: boolean) => void,
): ByteStream {
  const iterator = stream[Symbol.asyncIterator]();
  const expected = contentLength(headers);
  let bytes = 0;
  let ended = false;
  return byteStream({
    async pull() {
      const next: IteratorResult<Uint8Array, unknown> = await iterator.next();
      ended = next.done === true;
      if (next.done === true) return undefined;
      bytes += next.value.byteLength;
      return next.value;
    },
    async close() {
      tell(bytes, !ended && bytes !== expected);
      await iterator.return?.();
    },
  });
}

/** The client that a proxy of ours asks for, as it says. */
function forwardedFor(
  { remote, header }: RegistryRequest,
  trustedProxy: AccessLogOptions['trustedProxy'],
): string | undefined {
  if (trustedProxy === undefined || remote === undefined || !trustedProxy(remote)) return undefined;
  return header('forwarded') ?? header('x-forwarded-for');
}

function contentLength(headers: readonly string[]): number {
  const index = headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-length');
  return index < 0 ? Number.NaN : Number(headers[index + 1]);
}

function visibleQuery(query: string): { readonly query?: string } {
  const visible = query.split('&').filter((pair) => told.has(pair.split('=', 1)[0] ?? ''));
  return visible.length === 0 ? {} : { query: visible.join('&') };
}
