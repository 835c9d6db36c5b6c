import type { AddressInfo } from 'node:net';
import type { RegistryHandler } from '@lading/handlers';
import type { Served } from '../../handlers/test/http-cases/index.ts';
import { sendTo } from '../../handlers/test/http-client.ts';
import { type NodeServer, type NodeServerOptions, createServer } from '../src/index.ts';

/** A handler on a port of its own. */
export interface Running extends Served {
  readonly port: number;
  readonly node: NodeServer;
}

export async function listening(handler: RegistryHandler, options: NodeServerOptions = {}): Promise<Running> {
  const node = createServer(handler, options);
  const { port } = (await node.listen({ port: 0, host: '127.0.0.1' })) as AddressInfo;
  return {
    port,
    node,
    send: sendTo(port),
    [Symbol.asyncDispose]: () => node.drain({ signal: AbortSignal.abort() }),
  };
}
