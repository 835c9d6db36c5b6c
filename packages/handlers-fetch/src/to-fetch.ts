import { type ByteStream, byteStream, fromChunks, fromReadableStream, toReadableStream } from '@lading/bytes';
import { RegistryError } from '@lading/errors';
import type { RegistryHandler, RegistryRequest, RegistryResponse } from '@lading/handlers';

/** What a `Request` does not tell about its connection. */
export interface ConnectionInfo {
  /** Network address of the peer, without port. Default: unknown. */
  readonly remote?: string;
}

/**
 * A handler as a `fetch` function, for `Deno.serve`, `Bun.serve`, Workers, and tests without a socket. Only what the web
 * platform has is used.
 */
export function toFetch(
  handler: RegistryHandler,
): (request: Request, info?: ConnectionInfo) => Promise<Response> {
  return async (request, info = {}) => toResponse(await handler(toRequest(request, info)));
}

function toRequest(request: Request, { remote }: ConnectionInfo): RegistryRequest {
  const { url, headers, body } = request;
  const authority = url.indexOf('://') + 3;
  const start = url.indexOf('/', authority);
  const hash = url.indexOf('#', start);
  const end = hash < 0 ? url.length : hash;
  const mark = url.indexOf('?', start);
  const query = mark < 0 ? end : mark;
  const cutOff = new AbortController();
  let signal: AbortSignal | undefined;
  return {
    method: request.method,
    path: url.slice(start, query),
    query: url.slice(query + 1, end),
    header(name) {
      const value = headers.get(name);
      if (value !== null) return value;
      // A runtime may keep the framing to itself; the handler asks it whether there is a body.
      if (name === 'content-length' && body === null) return '0';
      if (name === 'transfer-encoding' && body !== null && !headers.has('content-length')) return 'chunked';
      return name === 'host' ? url.slice(authority, start) : undefined;
    },
    body: body === null ? fromChunks() : toStream(body, headers.get('content-length'), cutOff),
    get signal() {
      signal ??= body === null ? request.signal : AbortSignal.any([request.signal, cutOff.signal]);
      return signal;
    },
    remote,
    secure: url.startsWith('https:'),
  };
}

/**
 * The body of a request. One that breaks off is a client that has gone, which not every runtime's signal tells; one of
 * another length than its sender said is refused.
 */
function toStream(
  body: ReadableStream<Uint8Array>,
  contentLength: string | null,
  cutOff: AbortController,
): ByteStream {
  const iterator = fromReadableStream(body)[Symbol.asyncIterator]();
  let left = contentLength === null ? undefined : Number(contentLength);
  return byteStream({
    async pull() {
      let next: IteratorResult<Uint8Array, unknown>;
      try {
        next = await iterator.next();
      } catch (error) {
        cutOff.abort(error);
        throw error;
      }
      if (left !== undefined) {
        left -= next.done === true ? 0 : next.value.byteLength;
        if (left < 0 || (next.done === true && left > 0)) throw new RegistryError('SIZE_INVALID');
      }
      return next.done === true ? undefined : next.value;
    },
    async close() {
      await iterator.return?.();
    },
  });
}

function toResponse({ status, headers, body }: RegistryResponse): Response {
  const fields = new Headers();
  for (let index = 0; index + 1 < headers.length; index += 2) {
    fields.append(headers[index] ?? '', headers[index + 1] ?? '');
  }
  return new Response(toBody(body), { status, headers: fields });
}

function toBody(body: RegistryResponse['body']): BodyInit | null {
  if (body === undefined) return null;
  return body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : toReadableStream(body);
}
