/**
 * The errors of the OCI distribution specification: one table of codes, {@link RegistryError}, and its JSON body in both
 * directions.
 *
 * @module
 */
export { fromBody, toBody } from './body.ts';
export { errorCodes, isErrorCode } from './codes.ts';
export type { ErrorCode } from './codes.ts';
export { RegistryError, fromEntries, isRegistryError } from './registry-error.ts';
export type { ErrorEntry, RegistryErrorOptions } from './registry-error.ts';
