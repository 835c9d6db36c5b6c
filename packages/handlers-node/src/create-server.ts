import {
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
  createServer as createHttpServer,
} from 'node:http';
import { type ServerOptions as TlsOptions, createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, ListenOptions, Socket } from 'node:net';
import type { RegistryHandler } from '@lading/handlers';
import { type Exchange, exchange } from './exchange.ts';
import type { NodeListenerOptions } from './to-node-listener.ts';

export interface NodeServerOptions extends NodeListenerOptions {
  /** Speak TLS, with this certificate and key. New ones: `server.setSecureContext`. Default: plain HTTP. */
  readonly tls?: TlsOptions;
  /**
   * Milliseconds after which a client is cut off that neither sends what it announced nor takes what it asked for. How
   * long a transfer takes in all does not matter. Default: 60000.
   */
  readonly stallTimeout?: number;
  /** Milliseconds for the head of a request to arrive. Default: 20000. */
  readonly headersTimeout?: number;
  /**
   * Milliseconds for which a connection without requests is kept. Longer than the usual proxies keep theirs, so that it
   * is them who close: a request sent into a connection that is just being closed is lost. Default: 75000.
   */
  readonly keepAliveTimeout?: number;
  /** Largest head of a request, in bytes; more is 431. Default: 32 KiB. */
  readonly maxHeaderSize?: number;
}

/** A server of a registry. */
export interface NodeServer {
  /** Node's own: `http.Server`, or `https.Server` with `tls`. */
  readonly server: Server;
  /** Begins to take connections. Rejects when it cannot, with Node's own error: its `code` tells why (`EADDRINUSE`). */
  readonly listen: (options: ListenOptions) => Promise<AddressInfo | string | null>;
  /**
   * Takes no more connections, ends idle ones, and resolves when the requests under way have been answered; when the
   * signal is aborted they are cut off. Default: no signal, as long as it takes.
   */
  readonly drain: (options?: { readonly signal?: AbortSignal }) => Promise<void>;
}

/** A server with what transfers of many gigabytes and impatient peers need. */
export function createServer(handler: RegistryHandler, options: NodeServerOptions = {}): NodeServer {
  const { stallTimeout = 60_000, headersTimeout = 20_000 } = options;
  const settings: ServerOptions = {
    // A push may take hours; what counts is that it goes on.
    requestTimeout: 0,
    headersTimeout,
    connectionsCheckingInterval: Math.max(Math.min(headersTimeout / 4, 5000), 100),
    keepAliveTimeout: options.keepAliveTimeout ?? 75_000,
    maxHeaderSize: options.maxHeaderSize ?? 32 * 1024,
    highWaterMark: 64 * 1024,
    noDelay: true,
    optimizeEmptyRequests: true,
  };
  const server =
    options.tls === undefined
      ? createHttpServer(settings)
      : createHttpsServer({ ...options.tls, ...settings });
  const latest = new Map<Socket, Pipelined>();
  let draining = false;
  const told = { closing: () => draining, onError: options.onError };

  const listener =
    (expectsContinue: boolean) =>
    (message: IncomingMessage, response: ServerResponse): void => {
      const { socket } = message;
      const earlier = latest.get(socket);
      if (earlier === undefined) socket.once('close', () => latest.delete(socket));
      const current = exchange(handler, message, response, expectsContinue, told);
      latest.set(socket, {
        current,
        earlier: earlier !== undefined && isUnderWay(earlier.current) ? earlier : undefined,
      });
    };
  server.on('request', listener(false)).on('checkContinue', listener(true));

  server.timeout = stallTimeout;
  server.on('timeout', (socket: Socket) => {
    if (isOurTurn(latest.get(socket))) socket.setTimeout(stallTimeout);
    else socket.destroy();
  });

  return {
    server,
    listen: (where) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(where, () => {
          // From here on an error is one connection that could not be taken, and must not end the process.
          server.off('error', reject).on('error', (error) => options.onError?.(error));
          resolve(server.address());
        });
      }),
    drain: ({ signal } = {}) =>
      new Promise((resolve) => {
        draining = true;
        const cut = (): void => server.closeAllConnections();
        server.close(() => {
          signal?.removeEventListener('abort', cut);
          resolve();
        });
        // Answers whose head has left did not tell their client that this connection ends with them.
        for (const { current } of latest.values()) {
          current.response.once('close', () => server.closeIdleConnections());
        }
        if (signal?.aborted === true) cut();
        else signal?.addEventListener('abort', cut);
      }),
  };
}

/** An exchange, and those before it on the same connection that are not yet answered. */
interface Pipelined {
  readonly current: Exchange;
  readonly earlier: Pipelined | undefined;
}

/** Whether a silent connection is silent because of us: the next answer is being made, and the client has yet to do nothing. */
function isOurTurn(latest: Pipelined | undefined): boolean {
  let next: Exchange | undefined;
  for (let entry = latest; entry !== undefined; entry = entry.earlier) {
    if (isUnderWay(entry.current)) next = entry.current;
  }
  return (
    next !== undefined && !next.awaitsClient && !next.response.writableEnded && next.body?.awaited() !== true
  );
}

function isUnderWay({ response }: Exchange): boolean {
  return !response.writableFinished && !response.destroyed;
}
