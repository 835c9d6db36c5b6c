import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { RegistryHandler, RegistryRequest } from '@lading/handlers';
import { type RequestBody, requestBody } from './request-body.ts';
import { writeResponse } from './write-response.ts';

export interface NodeListenerOptions {
  /** Told of each answer whose body failed after its head was sent, and of defects. Must not throw. Default: nobody is. */
  readonly onError?: (error: unknown) => void;
}

/** A request and its answer, under way. */
export interface Exchange {
  readonly response: ServerResponse;
  readonly body: RequestBody;
}

/** What a server tells about a request. */
export interface Circumstances {
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Whether the connection is to be closed after the answer; asked when the answer is there. */
  readonly closing: () => boolean;
}

/**
 * A handler as a listener of `node:http`, for a server of one's own; `createServer` makes one with the right settings.
 * No `Request` or `Response` is made.
 */
export function toNodeListener(
  handler: RegistryHandler,
  options: NodeListenerOptions = {},
): (message: IncomingMessage, response: ServerResponse) => void {
  const circumstances: Circumstances = { expectsContinue: false, closing: () => false };
  return (message, response) => {
    exchange(handler, message, response, options, circumstances);
  };
}

/** Serves one request. */
export function exchange(
  handler: RegistryHandler,
  message: IncomingMessage,
  response: ServerResponse,
  { onError }: NodeListenerOptions,
  { expectsContinue, closing }: Circumstances,
): Exchange {
  const body = requestBody(message, () => {
    if (expectsContinue) response.writeContinue();
  });
  handler(toRequest(message, response, body))
    .then((answer) => writeResponse(answer, message, body, response, closing()))
    .catch((error: unknown) => {
      response.destroy();
      onError?.(error);
    });
  return { response, body };
}

function toRequest(
  message: IncomingMessage,
  response: ServerResponse,
  { stream }: RequestBody,
): RegistryRequest {
  const { rawHeaders, socket } = message;
  const target = pathOf(message.url ?? '/');
  const mark = target.indexOf('?');
  let signal: AbortSignal | undefined;
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    header: (name) => headerOf(rawHeaders, name),
    body: stream,
    get signal() {
      return (signal ??= signalOf(response));
    },
    get remote() {
      return socket.remoteAddress;
    },
    get secure() {
      return socket instanceof TLSSocket;
    },
    recycle: true,
  };
}

/** Proxies may send a whole URL as the target of a request (RFC 9112, 3.2.2). */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  const authority = target.indexOf('://') + 3;
  const slash = target.indexOf('/', authority);
  return authority > 2 && slash >= 0 ? target.slice(slash) : target;
}

/** Names come as the client wrote them; an object of all headers would be made for the two or three that are asked for. */
function headerOf(rawHeaders: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = rawHeaders[index];
    if (field?.length === name.length && field.toLowerCase() === name) return rawHeaders[index + 1];
  }
  return undefined;
}

function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    if (!response.writableFinished) controller.abort(new Error('Cannot go on: the client has gone'));
  };
  if (response.destroyed) abort();
  else response.once('close', abort);
  return controller.signal;
}
