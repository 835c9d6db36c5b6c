import { test } from 'node:test';
import { type ByteStream, collect, fromChunks } from '@lading/bytes';
import type { RegistryHandler } from '@lading/handlers';
import { type Sent, type Served, httpCases, toBytes, toReply } from './http-cases/index.ts';

/** No adapter at all: requests and answers as the handler knows them. */
async function direct(handler: RegistryHandler): Promise<Served> {
  await Promise.resolve();
  return {
    async send(method, target, sent = {}) {
      const mark = target.indexOf('?');
      const { headers, body } = framed(sent);
      const controller = new AbortController();
      const response = await handler({
        method,
        path: mark < 0 ? target : target.slice(0, mark),
        query: mark < 0 ? '' : target.slice(mark + 1),
        header: (name) => headers.get(name),
        body: aborting(body, controller),
        signal: controller.signal,
      });
      if (response.status === 499) throw new Error('there is nobody to answer');
      return toReply(response.status, fieldsOf(response.headers), await bytesOf(response.body));
    },
    async [Symbol.asyncDispose]() {
      await Promise.resolve();
    },
  };
}

function framed({ headers = {}, body }: Sent): { headers: Map<string, string>; body: ByteStream } {
  const fields = new Map(Object.entries({ host: 'registry.test', ...headers }));
  if (body === undefined) return { headers: fields, body: fromChunks() };
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    return { headers: fields.set('transfer-encoding', 'chunked'), body };
  }
  const bytes = toBytes(body);
  return { headers: fields.set('content-length', String(bytes.byteLength)), body: fromChunks(bytes) };
}

/** A body that breaks is a client that has gone. */
async function* aborting(
  body: ByteStream,
  controller: AbortController,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    controller.abort(error);
    throw error;
  }
}

function fieldsOf(headers: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? '';
    const value = headers[index + 1] ?? '';
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}

async function bytesOf(body: Uint8Array | ByteStream | undefined): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array();
  return body instanceof Uint8Array ? body : collect(body);
}

for (const { name, run } of httpCases) test(`createHandler: ${name}`, () => run(direct));
