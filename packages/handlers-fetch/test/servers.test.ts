import { test } from 'node:test';
import type { RegistryHandler } from '@lading/handlers';
import { type Served, httpCases } from '../../handlers/test/http-cases/index.ts';
import { sendTo } from '../../handlers/test/http-client.ts';
import { toFetch } from '../src/index.ts';

type Fetch = (request: Request) => Promise<Response>;

/** What is used of the servers of these runtimes. */
interface Runtimes {
  readonly Deno?: {
    readonly serve: (
      options: { port: number; hostname: string; onListen: () => void },
      fetch: Fetch,
    ) => { readonly addr: { readonly port: number }; readonly shutdown: () => Promise<void> };
  };
  readonly Bun?: {
    readonly serve: (options: { port: number; hostname: string; fetch: Fetch }) => {
      readonly port: number;
      readonly stop: (closeActiveConnections: boolean) => Promise<void>;
    };
  };
}

const { Deno, Bun } = globalThis as Runtimes;
const hostname = '127.0.0.1';

/** A handler on the server of the runtime that this runs on; none on Node. */
const serve = Deno === undefined ? Bun && onBun : onDeno;

async function onDeno(handler: RegistryHandler): Promise<Served> {
  await Promise.resolve();
  const server = Deno?.serve({ port: 0, hostname, onListen: () => {} }, toFetch(handler));
  return { send: sendTo(server?.addr.port ?? 0), [Symbol.asyncDispose]: async () => server?.shutdown() };
}

async function onBun(handler: RegistryHandler): Promise<Served> {
  await Promise.resolve();
  const server = Bun?.serve({ port: 0, hostname, fetch: toFetch(handler) });
  return { send: sendTo(server?.port ?? 0), [Symbol.asyncDispose]: async () => server?.stop(true) };
}

/** Cases that a runtime's own server fails whatever it is given. */
const failing: ReadonlyMap<string, string> = new Map(
  Bun === undefined
    ? []
    : [
        [
          'blob HEAD and GET tell and give what was pushed',
          'Bun.serve leaves out the Content-Length of a stream',
        ],
        ['blob GET gives the range that is asked for', 'Bun.serve leaves out the Content-Length of a stream'],
      ],
);

if (serve !== undefined) {
  for (const { name, run } of httpCases) {
    test(`toFetch on its server: ${name}`, { skip: failing.get(name) ?? false }, () => run(serve));
  }
}
