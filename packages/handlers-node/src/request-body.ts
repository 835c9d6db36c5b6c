import type { IncomingMessage } from 'node:http';
import type { ByteStream } from '@lading/bytes';

/** The body of a request, and what others must know about its reading. */
export interface RequestBody {
  readonly stream: ByteStream;
  /** Whether we wait for bytes of the client. */
  readonly awaited: () => boolean;
  /** Reads and drops what nobody will read, up to a number of bytes. Resolves there, at the end, or when the client has gone. */
  readonly drop: (limit: number) => Promise<void>;
}

/** As many bytes may lie here unread before the client is told to wait. */
const highWaterMark = 256 * 1024;

type Settle = (error: Error | undefined, chunk: Uint8Array | undefined) => void;

/**
 * The body of a request as a stream, over `data` events: a third cheaper than the message's own iterator, and leaving it early does
 * not destroy the socket, over which the answer has yet to go.
 *
 * @param begin called before the first read: the request is welcome.
 */
export function requestBody(message: IncomingMessage, begin: () => void): RequestBody {
  const chunks: Uint8Array[] = [];
  let held = 0;
  let state: 'unread' | 'open' | 'ended' | 'failed' | 'left' = 'unread';
  let waiting: Settle | undefined;

  const settle: Settle = (error, chunk) => {
    const waiter = waiting;
    waiting = undefined;
    waiter?.(error, chunk);
  };
  const onData = (chunk: Uint8Array): void => {
    if (waiting !== undefined) return settle(undefined, chunk);
    held += chunk.byteLength;
    chunks.push(chunk);
    if (held >= highWaterMark) message.pause();
  };
  const onEnd = (): void => {
    if (state === 'open') state = 'ended';
    settle(undefined, undefined);
  };
  const onClose = (): void => {
    if (state === 'open') state = 'failed';
    settle(cutOff(), undefined);
  };
  const open = (): void => {
    if (message.destroyed && !message.readableEnded) {
      state = 'failed';
      return;
    }
    state = 'open';
    begin();
    message.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  };
  const leave = (): void => {
    if (state === 'open') {
      message.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      message.pause();
    }
    state = 'left';
    chunks.length = 0;
  };

  const iterator: AsyncIterableIterator<Uint8Array, undefined> = {
    next() {
      if (state === 'unread') open();
      const chunk = chunks.shift();
      if (chunk !== undefined) {
        held -= chunk.byteLength;
        if (held === 0 && message.isPaused()) message.resume();
        return Promise.resolve({ done: false, value: chunk });
      }
      if (state === 'failed') return Promise.reject(cutOff());
      if (state !== 'open') return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve, reject) => {
        waiting = (error, value) => {
          if (error !== undefined) reject(error);
          else resolve(value === undefined ? { done: true, value } : { done: false, value });
        };
      });
    },
    return() {
      leave();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  let dropping = false;
  const drop = (limit: number): Promise<void> =>
    new Promise((resolve) => {
      leave();
      dropping = true;
      let left = limit;
      const end = (): void => {
        dropping = false;
        message.off('data', count).off('end', end).off('close', end);
        resolve();
      };
      const count = (chunk: Uint8Array): void => {
        left -= chunk.byteLength;
        if (left < 0) end();
      };
      message.on('data', count).on('end', end).on('close', end).resume();
    });
  return { stream: iterator, awaited: () => dropping || waiting !== undefined, drop };
}

function cutOff(): Error {
  return new Error('Cannot read body: the client was cut off before its end');
}
