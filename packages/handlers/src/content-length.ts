import { RegistryError } from '@lading/errors';
import type { RegistryRequest } from './message.ts';

const digits = /^\d{1,15}$/;

/**
 * How many bytes the sender says it sends; `undefined` when it does not say.
 *
 * @throws {RegistryError} SIZE_INVALID when that is no number.
 */
export function contentLength(request: RegistryRequest): number | undefined {
  const length = request.header('content-length');
  if (length === undefined) return undefined;
  if (digits.test(length)) return Number(length);
  throw new RegistryError('SIZE_INVALID', { message: 'Cannot take body: Content-Length is not a number' });
}

/** Whether a body comes: one of no bytes is none. */
export function hasBody(request: RegistryRequest): boolean {
  return (contentLength(request) ?? request.header('transfer-encoding')?.length ?? 0) > 0;
}
