/**
 * One keep-alive connection of a load generator on the same cores as the server it measures: requests
 * are prepared bytes, and of an answer only status, length and Location are looked at.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Bytes of the body, which were read and thrown away. */
  readonly length: number;
  readonly location: string;
}

export interface RawConnection {
  /** Sends a request and waits for the whole answer. `head` ends with an empty line. */
  readonly send: (head: string, body?: readonly Uint8Array[]) => Promise<RawAnswer>;
  readonly close: () => void;
}

interface Awaited {
  readonly method: string;
  readonly resolve: (answer: RawAnswer) => void;
  readonly reject: (error: Error) => void;
}

const endOfHead = Buffer.from('\r\n\r\n');

export async function rawConnection(port: number): Promise<RawConnection> {
  let awaited: Awaited | undefined;
  let head = Buffer.alloc(0);
  let answer: RawAnswer | undefined;
  let left = 0;

  const receive = (bytes: Buffer): void => {
    if (answer === undefined) {
      head = head.byteLength === 0 ? Buffer.from(bytes) : Buffer.concat([head, bytes]);
      const end = head.indexOf(endOfHead);
      if (end < 0) return;
      const interim = head.toString('latin1', 9, 12) === '100';
      const rest = head.subarray(end + endOfHead.byteLength);
      if (interim) {
        head = Buffer.alloc(0);
        if (rest.byteLength > 0) receive(rest);
        return;
      }
      answer = parseHead(head.toString('latin1', 0, end));
      left = awaited?.method === 'HEAD' ? 0 : answer.length;
      bytes = rest;
      head = Buffer.alloc(0);
    }
    left -= bytes.byteLength;
    if (left > 0) return;
    const whole = answer;
    answer = undefined;
    awaited?.resolve(whole);
    awaited = undefined;
  };
  const fail = (error: Error): void => awaited?.reject(error);

  const buffer = Buffer.allocUnsafe(1 << 20);
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    // One buffer for all reads: a pull of half a gigabyte leaves no garbage.
    onread: {
      buffer,
      callback: (length) => {
        receive(buffer.subarray(0, length));
        return true;
      },
    },
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('Cannot read the answer: connection closed')));
  await once(socket, 'connect');

  return {
    send: async (request, body = []) => {
      const result = new Promise<RawAnswer>((resolve, reject) => {
        awaited = { method: request.slice(0, request.indexOf(' ')), resolve, reject };
      });
      const sent = write(socket, request, body);
      const [received] = await Promise.all([result, sent]);
      return received;
    },
    close: () => socket.destroy(),
  };
}

async function write(socket: Socket, head: string, body: readonly Uint8Array[]): Promise<void> {
  if (body.length <= 1) {
    // A small request is one packet.
    const [only] = body;
    socket.write(only === undefined ? head : Buffer.concat([Buffer.from(head, 'latin1'), only]));
    return;
  }
  let room = socket.write(head, 'latin1');
  for (const chunk of body) {
    if (!room) await once(socket, 'drain');
    room = socket.write(chunk);
  }
}

function parseHead(head: string): RawAnswer {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const status = Number(head.slice(9, 12));
  if (length === undefined && status !== 204 && status !== 304) {
    throw new Error(`Cannot measure: an answer without Content-Length\n${head}`);
  }
  return { status, length: Number(length ?? 0), location: /\r\nlocation: *(\S+)/i.exec(head)?.[1] ?? '' };
}
