import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RegistryHandler } from '@lading/handlers';
import { exchange } from './exchange.ts';

export interface NodeListenerOptions {
  /**
   * Told of each answer whose body failed after its head was sent (the client sees a connection that breaks), and of
   * connections that could not be taken. Must not throw. Default: nobody is.
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * A handler as a listener of `node:http`, for a server of one's own; `createServer` makes one with the settings that a
 * registry needs.
 */
export function toNodeListener(
  handler: RegistryHandler,
  { onError }: NodeListenerOptions = {},
): (message: IncomingMessage, response: ServerResponse) => void {
  const options = { closing: () => false, onError };
  return (message, response) => {
    exchange(handler, message, response, false, options);
  };
}
