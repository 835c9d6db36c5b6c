import { write as writeFile, writeSync } from 'node:fs';

/** Writes text in the background, many lines at a time, so that no request waits for whoever reads the log. */
export interface LogWriter {
  readonly write: (text: string) => void;
  /** Resolves when all that was given is written. */
  readonly drain: () => Promise<void>;
  /** Writes what waits without letting anything else happen: for a process that ends at once. */
  readonly flush: () => void;
}

export interface LogWriterOptions {
  /** File descriptor. Default: 1, the standard output. */
  readonly descriptor?: number;
  /** Milliseconds that a line may wait for others. Default: 25. */
  readonly delay?: number;
  /** Most characters that wait when the reader is slow; lines beyond are dropped and counted. Default: 8 Mi. */
  readonly limit?: number;
}

export function createLogWriter({
  descriptor = 1,
  delay = 25,
  limit = 8 * 1024 * 1024,
}: LogWriterOptions = {}): LogWriter {
  let waiting = '';
  let dropped = 0;
  let writing: Uint8Array | undefined;
  let timer: NodeJS.Timeout | undefined;
  const drained: (() => void)[] = [];

  const next = (): void => {
    timer = undefined;
    if (writing !== undefined) return;
    if (waiting === '') {
      for (const resolve of drained.splice(0)) resolve();
      return;
    }
    const bytes = Buffer.from(waiting + droppedLine(dropped));
    waiting = '';
    dropped = 0;
    send(bytes);
  };
  const send = (bytes: Uint8Array): void => {
    writing = bytes;
    writeFile(descriptor, bytes, (error, written) => {
      writing = undefined;
      const rest = bytes.subarray(written);
      // A reader that is slow for the moment (EAGAIN) gets it later; one that has gone (EPIPE) never will.
      if (error?.code === 'EAGAIN') setTimeout(() => send(bytes), delay);
      else if (error !== null) giveUp();
      else if (rest.byteLength > 0) send(rest);
      else next();
    });
  };
  const giveUp = (): void => {
    waiting = '';
    next();
  };
  const schedule = (): void => {
    timer ??= setTimeout(next, delay);
  };

  return {
    write(text) {
      if (waiting.length + text.length > limit) {
        dropped++;
        return;
      }
      waiting += text;
      if (writing === undefined) schedule();
    },
    drain: () =>
      new Promise((resolve) => {
        drained.push(resolve);
        clearTimeout(timer);
        next();
      }),
    flush() {
      clearTimeout(timer);
      timer = undefined;
      const rest = waiting + droppedLine(dropped);
      waiting = '';
      dropped = 0;
      writeAllSync(descriptor, Buffer.from(rest));
    },
  };
}

function droppedLine(count: number): string {
  return count === 0
    ? ''
    : `${JSON.stringify({ level: 'warn', message: 'log lines were dropped', count })}\n`;
}

function writeAllSync(descriptor: number, bytes: Uint8Array): void {
  let rest = bytes;
  // A pipe that is full says so; it is given some time, as the process is about to end.
  for (let attempt = 0; rest.byteLength > 0 && attempt < 100; attempt++) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
