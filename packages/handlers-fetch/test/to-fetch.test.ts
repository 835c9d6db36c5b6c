import { test } from 'node:test';
import { type ByteStream, toReadableStream } from '@lading/bytes';
import type { RegistryHandler } from '@lading/handlers';
import { type Sent, type Served, httpCases, toBytes, toReply } from '../../handlers/test/http-cases/index.ts';
import { toFetch } from '../src/index.ts';

/** Requests are handed over without a socket, as on Workers and in tests of programs that embed a registry. */
async function fetchDirectly(handler: RegistryHandler): Promise<Served> {
  await Promise.resolve();
  const fetch = toFetch(handler);
  return {
    async send(method, target, sent = {}) {
      const controller = new AbortController();
      const response = await fetch(toRequest(method, `http://registry.test${target}`, sent, controller));
      if (response.status === 499) throw new Error('there is nobody to answer');
      return toReply(
        response.status,
        new Map(response.headers),
        new Uint8Array(await response.arrayBuffer()),
      );
    },
    async [Symbol.asyncDispose]() {
      await Promise.resolve();
    },
  };
}

function toRequest(
  method: string,
  url: string,
  { headers = {}, body }: Sent,
  controller: AbortController,
): Request {
  const { signal } = controller;
  if (body === undefined) return new Request(url, { method, headers, signal });
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = toBytes(body) as Uint8Array<ArrayBuffer>;
    // A runtime's server tells the length that the client sent.
    const framed = { ...headers, 'content-length': String(bytes.byteLength) };
    return new Request(url, { method, headers: framed, signal, body: bytes });
  }
  const streamed: RequestInit = { body: toReadableStream(aborting(body, controller)), duplex: 'half' };
  return new Request(url, { method, headers, signal, ...streamed });
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

for (const { name, run } of httpCases) test(`toFetch: ${name}`, () => run(fetchDirectly));
