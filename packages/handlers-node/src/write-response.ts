import type { ServerResponse } from 'node:http';
import type { ByteStream } from '@lading/bytes';
import type { RegistryResponse } from '@lading/handlers';
import type { Exchange } from './exchange.ts';
import { drop } from './request-body.ts';

/** Bytes of an unread body that are read and dropped, so that the client gets to the answer. */
const lingerBytes = 16 * 1024 * 1024;
/** Up to so many bytes it is cheaper to read an unread body than to open another connection. */
const keepBytes = 256 * 1024;
/** Milliseconds without a byte after which a client that was answered is let go. */
const lingerTimeout = 5000;

/**
 * Sends an answer. Resolves when all of it is on its way, or the client has gone; rejects when the body failed in its middle.
 *
 * @param close whether the connection ends with this answer.
 */
export async function writeResponse(
  { status, headers, body }: RegistryResponse,
  exchange: Exchange,
  close: boolean,
): Promise<void> {
  const { message, response } = exchange;
  const linger = !message.complete && !endsSoon(exchange);
  const fields = close || linger ? [...headers, 'Connection', 'close'] : (headers as string[]);
  if (!response.destroyed) response.writeHead(status, fields);
  if (body !== undefined && !(body instanceof Uint8Array)) return pump(body, exchange, lengthOf(headers));
  if (linger) await answerEarly(exchange, body);
  // Text would go out in one write with the head, and bytes go in two; measured side by side that makes no difference.
  else response.end(body);
}

/** Whether the rest of a body that nobody reads is so short that Node may read it, and the connection be kept. */
function endsSoon({ message, expectsContinue }: Exchange): boolean {
  if (expectsContinue) return false;
  const { 'content-length': length, 'transfer-encoding': encoding } = message.headers;
  return encoding === undefined && Number(length ?? 0) <= keepBytes;
}

/**
 * Answers a client that is still sending. A socket that is closed with bytes unread is reset, and a reset makes the client
 * forget the answer; so some more is read before the end.
 */
async function answerEarly(exchange: Exchange, body: Uint8Array | undefined): Promise<void> {
  const { message, response } = exchange;
  if (body === undefined) response.flushHeaders();
  else response.write(body);
  exchange.awaitsClient = true;
  message.socket.setTimeout(lingerTimeout);
  await drop(message, lingerBytes);
  response.end();
}

/** Each chunk is written out before the next is asked for: it may be recycled then. */
async function pump(stream: ByteStream, exchange: Exchange, length: number | undefined): Promise<void> {
  const { response } = exchange;
  const iterator = stream[Symbol.asyncIterator]();
  let left = length ?? Number.POSITIVE_INFINITY;
  try {
    while (!response.destroyed) {
      const next: IteratorResult<Uint8Array, unknown> = await iterator.next();
      if (next.done === true) {
        if (length !== undefined && left > 0) throw new Error(`Cannot send body: ${left} bytes are missing`);
        if (!response.writableEnded) response.end();
        return;
      }
      left -= next.value.byteLength;
      if (left < 0) throw new Error('Cannot send body: it is longer than its Content-Length');
      exchange.awaitsClient = true;
      await written(response, next.value, left === 0);
      exchange.awaitsClient = false;
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
