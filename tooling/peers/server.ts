/** Server processes on loopback: started on a free port, waited for, stopped by their own process id. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  /** Added to PATH, HOME and TMPDIR, the only variables a server inherits. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds until the first answer; default 15 000. */
  readonly patience?: number;
}

export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Milliseconds from the start of the process to its first answer. */
  readonly firstAnswer: number;
  /** What it wrote so far, at most the last 64 KiB. */
  output: () => string;
  /** Whether the process has ended. */
  ended: () => boolean;
  /** Ends it at once (SIGKILL) and waits until it is gone. */
  kill: () => Promise<void>;
  /** Ends it in good order (SIGTERM); kills it after `patience` milliseconds, default 10 000. */
  stop: (patience?: number) => Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}

/** Starts a server and waits for its first answer to `GET /v2/`. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const server = spawnServer(options);
  try {
    return await server.answering;
  } catch (error) {
    await server.kill();
    throw error;
  }
}

/** A process that may not answer yet. */
export interface StartingServer {
  readonly pid: number;
  readonly answering: Promise<Server>;
  kill: () => Promise<void>;
}

/** Starts a server and returns at once, so that it can be killed while it starts. */
export function spawnServer({
  command,
  args,
  port,
  env,
  cwd,
  patience = 15_000,
}: ServerOptions): StartingServer {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const started = performance.now();
  const child = spawn(command, args, {
    env: { PATH, HOME, TMPDIR, ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);

  let output = '';
  const keep = (bytes: Buffer): void => {
    output = (output + bytes.toString()).slice(-65_536);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);

  let ended = false;
  const gone = new Promise<void>((resolve) => {
    const leave = (): void => {
      ended = true;
      running.delete(child);
      resolve();
    };
    child.once('exit', leave);
    child.once('error', (error) => {
      output += error.message;
      leave();
    });
  });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  const stop = async (grace = 10_000): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), grace);
    await gone;
    clearTimeout(timer);
  };

  const waitForAnswer = async (): Promise<Server> => {
    for (;;) {
      if (ended) throw new Error(`Cannot start "${command} ${args.join(' ')}": it ended\n${output}`);
      if (await answers(port)) break;
      if (performance.now() - started > patience) {
        throw new Error(
          `Cannot start "${command} ${args.join(' ')}": no answer within ${patience} ms\n${output}`,
        );
      }
      await sleep(2);
    }
    return {
      origin: `http://127.0.0.1:${port}`,
      host: `127.0.0.1:${port}`,
      port,
      pid: child.pid ?? 0,
      firstAnswer: performance.now() - started,
      output: () => output,
      ended: () => ended,
      kill,
      stop,
      [Symbol.asyncDispose]: () => stop(),
    };
  };
  const answering = waitForAnswer();
  answering.catch(() => {}); // Who kills it while it starts does not wait for the answer.
  return { pid: child.pid ?? 0, answering, kill };
}

/**
 * A loopback port that nobody listens on now. It lies below those that the system gives away by itself,
 * so that no test beside us is handed the same one before our server has it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Whether `GET /v2/` gets an HTTP answer: a bare socket, so that the wait itself costs little. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
    socket.once('connect', () =>
      socket.write('GET /v2/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'),
    );
    socket.once('data', (bytes) => settle(/^HTTP\/1\.1 [24]/.test(bytes.toString('latin1'))));
  });
}
