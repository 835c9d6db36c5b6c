/**
 * The OCI distribution API over any `Registry`: {@link createHandler} makes a function from request to response out of
 * one. Adapters (`handlers-node`, `handlers-fetch`) put it on a runtime's server.
 *
 * @module
 */
export { createHandler } from './handler.ts';
export type { LocationOptions } from './location.ts';
export type { RegistryHandler, RegistryRequest, RegistryResponse } from './message.ts';
export type { FailedRequest, HandlerOptions } from './options.ts';
