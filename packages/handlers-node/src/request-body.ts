import type { IncomingMessage } from 'node:http';
import type { ByteStream } from '@lading/bytes';

/** The body of a request, being read. */
export interface RequestBody {
  readonly stream: ByteStream;
  /** Whether somebody waits for bytes of the client. */
  readonly awaited: () => boolean;
}

export interface RequestBodyEvents {
  /** Called before the first read: the request is welcome. */
  readonly onBegin: () => void;
  /** Called when the client was cut off, before the stream rejects. */
  readonly onCutOff: () => void;
}

/** As many bytes may lie here unread before the client is told to wait. */
const highWaterMark = 256 * 1024;

/**
 * The body of a request as a stream, over `data` events. The message's own iterator costs more, and would destroy the socket
 * when it is left early, over which the answer has yet to go.
 */
export function requestBody(message: IncomingMessage, { onBegin, onCutOff }: RequestBodyEvents): RequestBody {
  const chunks: Uint8Array[] = [];
  let held = 0;
  let state: 'unread' | 'open' | 'ended' | 'failed' | 'left' = 'unread';
  let waiting:
    | { resolve: (next: IteratorResult<Uint8Array, undefined>) => void; reject: (error: Error) => void }
    | undefined;

  const onData = (chunk: Uint8Array): void => {
    if (waiting !== undefined) {
      const { resolve } = waiting;
      waiting = undefined;
      resolve({ done: false, value: chunk });
      return;
    }
    held += chunk.byteLength;
    chunks.push(chunk);
    if (held >= highWaterMark) message.pause();
  };
  const onEnd = (): void => {
    state = 'ended';
    waiting?.resolve({ done: true, value: undefined });
    waiting = undefined;
  };
  const onClose = (): void => {
    if (state !== 'open') return;
    state = 'failed';
    onCutOff();
    waiting?.reject(cutOff());
    waiting = undefined;
  };
  const begin = (): void => {
    state = 'open';
    if (message.destroyed && !message.readableEnded) return onClose();
    onBegin();
    message.on('data', onData).once('end', onEnd).once('close', onClose).once('error', onClose);
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
      if (state === 'unread') begin();
      const chunk = chunks.shift();
      if (chunk !== undefined) {
        held -= chunk.byteLength;
        if (held === 0 && message.isPaused()) message.resume();
        return Promise.resolve({ done: false, value: chunk });
      }
      if (state === 'failed') return Promise.reject(cutOff());
      if (state !== 'open') return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
      });
    },
    return() {
      leave();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return { stream: iterator, awaited: () => waiting !== undefined };
}

function cutOff(): Error {
  return new Error('Cannot read body: the client was cut off before its end');
}

/**
 * Reads and drops what is left of a body that nobody will read, up to a number of bytes. Resolves there, at its end, or
 * when the client has gone.
 */
export function drop(message: IncomingMessage, limit: number): Promise<void> {
  return new Promise((resolve) => {
    let left = limit;
    const end = (): void => {
      message.off('data', count).off('end', end).off('close', end);
      resolve();
    };
    const count = (chunk: Uint8Array): void => {
      left -= chunk.byteLength;
      if (left < 0) end();
    };
    message.on('data', count).on('end', end).on('close', end).resume();
  });
}
