/**
 * Serves a `RegistryHandler` on `node:http`: {@link createServer} with the settings that a registry needs,
 * {@link toNodeListener} for a server of one's own.
 *
 * @module
 */
export { createServer } from './create-server.ts';
export type { NodeServer, NodeServerOptions } from './create-server.ts';
export { toNodeListener } from './to-node-listener.ts';
export type { NodeListenerOptions } from './to-node-listener.ts';
