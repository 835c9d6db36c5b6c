import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ByteStream } from '@lading/bytes';
import type { RegistryResponse } from '@lading/handlers';
import type { RequestBody } from './request-body.ts';

/** Bytes of an unread body that are read and dropped, so that the client gets to the answer. */
const lingerBytes = 16 * 1024 * 1024;
/** Up to so many bytes it is cheaper to read an unread body than to open another connection. */
const keepBytes = 256 * 1024;
/** Milliseconds without a byte after which a client that was answered is let go. */
const lingerTimeout = 5000;

/**
 * Sends an answer. Resolves when all of it has left, or the client has gone; rejects when the body failed in its middle, and the
 * connection is then cut, as nothing else tells the client that what it has is not all.
 */
export async function writeResponse(
  { status, headers, body }: RegistryResponse,
  message: IncomingMessage,
  rest: RequestBody,
  response: ServerResponse,
  close: boolean,
): Promise<void> {
  const linger = !message.complete && !willEndSoon(message);
  const fields = close || linger ? [...headers, 'Connection', 'close'] : (headers as string[]);
  if (!response.destroyed) response.writeHead(status, fields);
  if (body === undefined || body instanceof Uint8Array) {
    if (linger) await lingering(message, rest, response, body);
    else response.end(body);
    return;
  }
  await pump(body, response, lengthOf(headers));
}

/** Whether the rest of a body nobody reads is so short that it may be left to Node, which drops it. */
function willEndSoon(message: IncomingMessage): boolean {
  if (message.headers.expect !== undefined) return false;
  const length = message.headers['content-length'];
  return length === undefined
    ? message.headers['transfer-encoding'] === undefined
    : Number(length) <= keepBytes;
}

/**
 * Answers a client that is still sending. A socket that is closed with bytes unread is reset, and a reset makes the client
 * forget the answer; so some more is read before the end.
 */
async function lingering(
  message: IncomingMessage,
  rest: RequestBody,
  response: ServerResponse,
  body: Uint8Array | undefined,
): Promise<void> {
  if (body === undefined) response.flushHeaders();
  else response.write(body);
  message.socket.setTimeout(lingerTimeout);
  await rest.drop(lingerBytes);
  response.end();
}

/** Each chunk is written out before the next is asked for: it may be recycled then. */
async function pump(stream: ByteStream, response: ServerResponse, length: number | undefined): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  let left = length ?? Number.POSITIVE_INFINITY;
  try {
    while (!response.destroyed) {
      const next: IteratorResult<Uint8Array, unknown> = await iterator.next();
      if (next.done === true) {
        if (length !== undefined && left > 0)
          throw new Error(`Cannot send body: ${left} bytes are missing at its end`);
        if (!response.writableEnded) response.end();
        return;
      }
      left -= next.value.byteLength;
      if (left < 0) throw new Error('Cannot send body: it is longer than its Content-Length');
      await written(response, next.value, left === 0);
    }
  } catch (error) {
    const gone = response.destroyed;
    response.destroy();
    if (!gone) throw error;
  } finally {
    await iterator.return?.();
  }
}

/** Resolves when the operating system has taken the chunk, or nobody will. */
function written(response: ServerResponse, chunk: Uint8Array, last: boolean): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('close', done);
      resolve();
    };
    // A response that waits behind another one on its connection does not call back when that is lost.
    response.on('close', done);
    if (last) response.end(chunk, done);
    else response.write(chunk, done);
  });
}

function lengthOf(headers: readonly string[]): number | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === 'content-length') return Number(headers[index + 1]);
  }
  return undefined;
}
