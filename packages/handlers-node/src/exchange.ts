import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { RegistryHandler, RegistryRequest } from '@lading/handlers';
import { type RequestBody, requestBody } from './request-body.ts';
import { writeResponse } from './write-response.ts';

/** A request and its answer, under way. */
export interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** The body, once somebody has asked for it. */
  body: RequestBody | undefined;
  /** Part of the answer is written, and the client has yet to take it, or to end its own sending. */
  awaitsClient: boolean;
}

/** What a server tells about its requests. */
export interface ExchangeOptions {
  /** Whether the connection is to be closed after the answer. */
  readonly closing: () => boolean;
  /** Told of each answer whose body failed after its head was sent. */
  readonly onError: ((error: unknown) => void) | undefined;
}

/** Serves one request. */
export function exchange(
  handler: RegistryHandler,
  message: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
  { closing, onError }: ExchangeOptions,
): Exchange {
  const self: Exchange = { message, response, expectsContinue, body: undefined, awaitsClient: false };
  handler(toRequest(self))
    .then((answer) => writeResponse(answer, self, closing()))
    .catch((error: unknown) => {
      response.destroy();
      onError?.(error);
    });
  return self;
}

function toRequest(self: Exchange): RegistryRequest {
  const { message, response } = self;
  const { rawHeaders, socket } = message;
  const target = pathOf(message.url ?? '/');
  const mark = target.indexOf('?');
  let controller: AbortController | undefined;
  const abort = (): void => {
    if (!response.writableFinished) controller?.abort(new Error('Cannot go on: the client has gone'));
  };
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    header: (name) => headerOf(rawHeaders, name),
    get body() {
      self.body ??= requestBody(message, {
        onBegin: () => {
          if (self.expectsContinue) response.writeContinue();
        },
        onCutOff: () => {
          response.destroy();
          abort();
        },
      });
      return self.body.stream;
    },
    get signal() {
      if (controller === undefined) {
        controller = new AbortController();
        if (response.destroyed) abort();
        else response.once('close', abort);
      }
      return controller.signal;
    },
    get remote() {
      // A socket for both families tells IPv4 addresses as IPv6 ones.
      return socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '');
    },
    get secure() {
      // Not every runtime's encrypted socket is a `TLSSocket`.
      return (socket as Partial<TLSSocket>).encrypted === true;
    },
    recycle: true,
  };
}

/** Proxies may send a whole URL as the target of a request (RFC 9112, 3.2.2). */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  const scheme = target.indexOf('://');
  const slash = target.indexOf('/', scheme + 3);
  return scheme > 0 && slash > 0 ? target.slice(slash) : target;
}

/** Names come as the client wrote them. An object of all headers would be made for the two or three that are asked for. */
function headerOf(rawHeaders: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = rawHeaders[index];
    if (field?.length === name.length && field.toLowerCase() === name) return rawHeaders[index + 1];
  }
  return undefined;
}
