import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RegistryError } from '@lading/errors';

/** What a worker is asked. */
export interface Question {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

/** What it answers. */
export interface Answer {
  readonly id: number;
  readonly matches?: boolean;
  readonly failure?: string;
}

export interface BcryptPool {
  /**
   * Whether a password belongs to a bcrypt hash.
   *
   * @throws {RegistryError} TOOMANYREQUESTS when too many wait already.
   */
  readonly verify: (password: string, hash: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export interface BcryptPoolOptions {
  /** Threads. Default: one fewer than there are processors, at least 1 and at most 4. */
  readonly size?: number;
  /** Most questions that wait for a thread. Default: 256, some seconds of work. */
  readonly limit?: number;
}

interface Waiting extends Question {
  readonly resolve: (matches: boolean) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  asked: Waiting | undefined;
}

/**
 * Threads that compare passwords, which takes a processor some 50 milliseconds each: off the event loop, and never so
 * many at once that a flood of wrong passwords could pile up. They start with the first question.
 */
export function bcryptPool({
  size = Math.min(Math.max(availableParallelism() - 1, 1), 4),
  limit = 256,
}: BcryptPoolOptions = {}): BcryptPool {
  const threads: Thread[] = [];
  const queue: Waiting[] = [];
  let count = 0;
  let closed = false;

  const ask = (thread: Thread): void => {
    const next = queue.shift();
    thread.asked = next;
    if (next === undefined) thread.worker.unref();
    else {
      thread.worker.ref();
      thread.worker.postMessage(
        { id: next.id, password: next.password, hash: next.hash } satisfies Question,
        [],
      );
    }
  };
  const start = (): void => {
    // The same file beside this one, before and after it is compiled.
    const file = new URL(`./bcrypt-worker${extname(import.meta.url)}`, import.meta.url);
    const thread: Thread = { worker: new Worker(file, { name: 'bcrypt' }), asked: undefined };
    threads.push(thread);
    thread.worker.on('message', ({ matches, failure }: Answer) => {
      if (matches === undefined)
        thread.asked?.reject(new Error(`Cannot compare password: ${failure ?? 'no answer'}`));
      else thread.asked?.resolve(matches);
      ask(thread);
    });
    thread.worker.on('error', (cause) => {
      threads.splice(threads.indexOf(thread), 1);
      thread.asked?.reject(new Error('Cannot compare password: its thread ended', { cause }));
      if (queue.length > 0 && !closed) start();
    });
    ask(thread);
  };

  return {
    verify: (password, hash) =>
      new Promise((resolve, reject) => {
        if (queue.length >= limit) {
          reject(
            new RegistryError('TOOMANYREQUESTS', { message: 'too many sign-ins at once', retryAfter: 5 }),
          );
          return;
        }
        queue.push({ id: ++count, password, hash, resolve, reject });
        const idle = threads.find(({ asked }) => asked === undefined);
        if (idle !== undefined) ask(idle);
        else if (threads.length < size) start();
      }),
    async close() {
      closed = true;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
