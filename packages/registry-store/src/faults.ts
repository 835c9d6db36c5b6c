import { RegistryError } from '@lading/errors';
import { isStorageError } from '@lading/storage';

/** Seconds after which a client may come back when the storage failed. */
const retryAfter = 5;

/**
 * What a fault of the storage is to a client: the one place where the words of drivers become those of registries. Whatever was *expected* to
 * be missing has been told as unknown before it came here, so nothing here is ever a 404.
 */
function toRegistryError(error: unknown): unknown {
  if (isStorageError(error, 'unavailable'))
    return new RegistryError('UNAVAILABLE', { retryAfter, cause: error });
  if (isStorageError(error, 'full')) {
    return new RegistryError('UNAVAILABLE', {
      status: 507,
      message: 'the storage of this registry is full',
      cause: error,
    });
  }
  if (isStorageError(error, 'unsupported'))
    return new RegistryError('UNSUPPORTED', { status: 501, cause: error });
  return error;
}

function rethrow(error: unknown): never {
  throw toRegistryError(error);
}

/** The same function, whose rejections speak the language of registries. */
export function translated<A extends unknown[], R>(
  work: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  return (...args) => work(...args).catch(rethrow);
}
