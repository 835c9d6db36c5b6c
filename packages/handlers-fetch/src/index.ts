/**
 * Serves a `RegistryHandler` as a `fetch` function: {@link toFetch}.
 *
 * @module
 */
export { toFetch } from './to-fetch.ts';
export type { ConnectionInfo } from './to-fetch.ts';
