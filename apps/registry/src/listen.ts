import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { ListenOptions } from 'node:net';
import type { NodeServer } from '@lading/handlers-node';
import { formatAddress, parseAddress } from './config/address.ts';
import type { HttpSettings } from './config/configuration.ts';
import { StartupError } from './startup-error.ts';

/**
 * Listens where the settings say.
 *
 * @returns the URL of the server: `http://127.0.0.1:5000`, or `unix:/run/registry.sock`.
 * @throws {StartupError} when it cannot.
 */
export async function listen({ listen }: NodeServer, http: HttpSettings): Promise<string> {
  const { addr, net, tls } = http;
  if (net === 'unix') {
    await removeDeadSocket(addr);
    await bind(listen, { path: addr }, addr);
    return `unix:${addr}`;
  }
  const address = parseAddress(addr);
  if (address === undefined) throw new StartupError(`Cannot listen on ${addr}: it is no address`);
  const { port, host } = address;
  const bound = await bind(listen, host === undefined ? { port } : { port, host }, addr);
  const own = typeof bound === 'object' && bound !== null ? bound.port : port;
  return `${tls === undefined ? 'http' : 'https'}://${formatAddress({ ...address, port: own })}`;
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there already',
  EACCES: 'this user may not',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

async function bind(
  listen: NodeServer['listen'],
  where: ListenOptions,
  name: string,
): ReturnType<NodeServer['listen']> {
  try {
    return await listen(where);
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    throw new StartupError(`Cannot listen on ${name}: ${reasons[code] ?? (code || message)}`, { cause });
  }
}

/** A socket file outlives a process that was killed; one that nobody answers on is in the way. */
async function removeDeadSocket(path: string): Promise<void> {
  const dead = await new Promise<boolean>((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });
  if (dead) await rm(path, { force: true });
}
