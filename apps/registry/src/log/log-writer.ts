import { writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** Writes text many lines at a time, so that no request waits for whoever reads the log. */
export interface LogWriter {
  readonly write: (text: string) => void;
  /** Resolves when all that was given is written, or when the reader takes nothing for a second. */
  readonly drain: () => Promise<void>;
  /** Writes what waits without letting anything else happen: for a process that ends at once. */
  readonly flush: () => void;
}

export interface LogWriterOptions {
  /** Default: the standard output. */
  readonly stream?: Writable & { readonly fd: number };
  /** Milliseconds that a line may wait for others. Default: 25. */
  readonly delay?: number;
  /** Most characters that wait when the reader is slow; lines beyond are dropped and counted. Default: 8 Mi. */
  readonly limit?: number;
}

/** Milliseconds that a process which is about to end waits for the reader of its log. */
const patience = 1000;

export function createLogWriter({
  stream = process.stdout,
  delay = 25,
  limit = 8 * 1024 * 1024,
}: LogWriterOptions = {}): LogWriter {
  let waiting = '';
  let dropped = 0;
  let writing = false;
  let timer: NodeJS.Timeout | undefined;
  const drained: (() => void)[] = [];

  const take = (): string => {
    const text = waiting + droppedLine(dropped);
    waiting = '';
    dropped = 0;
    return text;
  };
  const next = (): void => {
    timer = undefined;
    if (writing) return;
    if (waiting === '') {
      for (const resolve of drained.splice(0)) resolve();
      return;
    }
    writing = true;
    stream.write(take(), () => {
      writing = false;
      next();
    });
  };
  // Nobody reads any more: a registry without a log is better than none.
  stream.on('error', () => undefined);

  return {
    write(text) {
      if (waiting.length + text.length > limit) {
        dropped++;
        return;
      }
      waiting += text;
      if (!writing) timer ??= setTimeout(next, delay);
    },
    drain: () =>
      new Promise((resolve) => {
        drained.push(resolve);
        setTimeout(resolve, patience).unref();
        clearTimeout(timer);
        next();
      }),
    flush() {
      clearTimeout(timer);
      timer = undefined;
      writeAllSync(stream.fd, new TextEncoder().encode(take()));
    },
  };
}

function droppedLine(count: number): string {
  return count === 0
    ? ''
    : `${JSON.stringify({ level: 'warn', message: 'log lines were dropped', count })}\n`;
}

function writeAllSync(descriptor: number, bytes: Uint8Array): void {
  const end = performance.now() + patience;
  for (let rest = bytes; rest.byteLength > 0;) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      // A pipe that is full says so; it is given a little time.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > end) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
