import { type IncomingMessage, request } from 'node:http';
import { type Reply, type Send, toBytes, toReply } from './http-cases/index.ts';

/** Sends requests with their targets as they are: `fetch` would tidy up what is to be tested. */
export function sendTo(port: number): Send {
  return (method, target, { headers = {}, body } = {}) =>
    new Promise<Reply>((resolve, reject) => {
      const outgoing = request({ port, host: '127.0.0.1', method, path: target, headers, agent: false });
      outgoing.on('error', reject).on('response', (message) => {
        collectReply(message).then(resolve, reject);
      });
      if (body === undefined) outgoing.end();
      else if (typeof body === 'string' || body instanceof Uint8Array) {
        const bytes = toBytes(body);
        outgoing.setHeader('Content-Length', bytes.byteLength).end(bytes);
      } else {
        outgoing.setHeader('Transfer-Encoding', 'chunked');
        stream(body, (chunk) => outgoing.write(chunk)).then(
          () => outgoing.end(),
          (error: unknown) => outgoing.destroy(error as Error),
        );
      }
    });
}

async function stream(body: AsyncIterable<Uint8Array>, write: (chunk: Uint8Array) => void): Promise<void> {
  for await (const chunk of body) write(chunk);
}

async function collectReply(message: IncomingMessage): Promise<Reply> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) fields.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return toReply(message.statusCode ?? 0, fields, new Uint8Array(Buffer.concat(chunks)));
}
