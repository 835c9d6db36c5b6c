/** A plain HTTP client for one registry: whole requests, whole answers, connections kept. */
import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

export interface Exchange {
  readonly method: string;
  /** A path, or an address on the same host as a Location header gives it. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpClient {
  /** Rejects when the connection is lost before the answer is whole. */
  readonly send: (exchange: Exchange) => Promise<Answer>;
  readonly close: () => void;
}

export function httpClient(origin: string): HttpClient {
  const agent = new Agent({ keepAlive: true });
  return {
    send: (exchange) => send(agent, origin, exchange),
    close: () => agent.destroy(),
  };
}

function send(
  agent: Agent,
  origin: string,
  { method, path, headers, body, signal }: Exchange,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body instanceof Uint8Array ? { 'content-length': body.byteLength } : {};
    const options = { agent, method, headers: { ...length, ...headers }, ...(signal && { signal }) };
    const outgoing = request(new URL(path, origin), options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        // A connection cut in the middle of a body ends, too.
        if (!incoming.complete)
          return reject(new Error(`Cannot read the answer to ${method} ${path}: cut off`));
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
      });
    });
    outgoing.on('error', reject);
    if (body === undefined || body instanceof Uint8Array) outgoing.end(body);
    else void feed(outgoing, body).catch((error: unknown) => outgoing.destroy(error as Error));
  });
}

async function feed(outgoing: NodeJS.WritableStream, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of body) {
    await new Promise<void>((resolve, reject) => {
      outgoing.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
  outgoing.end();
}
