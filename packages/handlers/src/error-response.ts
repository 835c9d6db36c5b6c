import { RegistryError, isRegistryError, toBody } from '@lading/errors';
import type { RegistryRequest, RegistryResponse } from './message.ts';
import type { Settings } from './options.ts';

const encoder = new TextEncoder();

/** A JSON answer. */
export function jsonResponse(
  status: number,
  text: string,
  headers: readonly string[] = [],
  contentType = 'application/json',
): RegistryResponse {
  const body = encoder.encode(text);
  return {
    status,
    headers: ['Content-Type', contentType, 'Content-Length', String(body.byteLength), ...headers],
    body,
  };
}

/** The answer to a failure that has a code (distribution-spec, "Error Codes"). */
export function errorResponse(error: RegistryError, headers: readonly string[] = []): RegistryResponse {
  const { retryAfter } = error;
  return jsonResponse(
    error.status,
    toBody(error),
    retryAfter === undefined ? headers : ['Retry-After', String(Math.ceil(retryAfter)), ...headers],
  );
}

/**
 * The answer to whatever went wrong: the one place where failures become answers. What is no `RegistryError` is 500
 * UNKNOWN; its message, which may hold paths, is for `onError` alone.
 */
export function failureResponse(
  failure: unknown,
  request: RegistryRequest,
  settings: Settings,
): RegistryResponse {
  const known = isRegistryError(failure);
  if (!known && request.signal.aborted) return gone;
  if (!known || failure.status >= 500)
    settings.onError?.(failure, { method: request.method, path: request.path });
  if (!known) return errorResponse(new RegistryError('UNKNOWN'));
  const wait = failure.status === 429 || failure.status === 503 ? settings.retryAfter : undefined;
  return failure.retryAfter === undefined && wait !== undefined
    ? errorResponse(failure, ['Retry-After', String(wait)])
    : errorResponse(failure);
}

/** Nobody is there to read this; the number is for logs. */
const gone: RegistryResponse = { status: 499, headers: ['Content-Length', '0'] };
