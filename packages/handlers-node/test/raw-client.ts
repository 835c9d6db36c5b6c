import { type Socket, connect } from 'node:net';

/** A client that says exactly what it is told to. */
export interface RawClient extends Disposable {
  readonly socket: Socket;
  /** All that came, as text of one byte a letter. */
  readonly received: () => string;
  readonly write: (text: string | Uint8Array) => void;
  /** Resolves once this has come. Rejects when the connection ends without it. */
  readonly until: (text: string | RegExp) => Promise<void>;
  /** Resolves with all that came when the other side has closed the connection, or it broke. */
  readonly closed: Promise<string>;
}

export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1' });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
  });
  let text = '';
  let ended = false;
  let look = (): void => {};
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => {
      ended = true;
      look();
      resolve(text);
    });
  });
  socket
    .on('error', () => {})
    .on('data', (chunk) => {
      text += chunk.toString('latin1');
      look();
    });
  return {
    socket,
    received: () => text,
    write: (bytes) => {
      socket.write(bytes);
    },
    until: (wanted) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) resolve();
          else if (ended) reject(new Error(`"${wanted}" never came, but ${JSON.stringify(text)}`));
        };
        look();
      }),
    closed,
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
}

/** A head without its last line, of `METHOD target` and headers. */
export function head(line: string, ...headers: readonly string[]): string {
  return `${[`${line} HTTP/1.1`, 'Host: registry.test', ...headers].join('\r\n')}\r\n\r\n`;
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
