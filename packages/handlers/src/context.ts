import { RegistryError } from '@lading/errors';
import { type ReadableRepository, type Registry, type Repository, isWritable } from '@lading/repository';
import type { RegistryRequest } from './message.ts';
import type { Settings } from './options.ts';

/** What the code of every resource is given. */
export interface Context {
  readonly registry: Registry<ReadableRepository>;
  readonly settings: Settings;
  /** Also what is passed as the `Cancellable` of a call: its signal is then made only if somebody looks at it. */
  readonly request: RegistryRequest;
}

/**
 * The repository, to change it.
 *
 * @throws {RegistryError} UNSUPPORTED where the registry can only be read.
 */
export function writable({ registry }: Context, name: string): Repository {
  const repository = registry.repository(name);
  if (isWritable(repository)) return repository;
  throw new RegistryError('UNSUPPORTED', { message: 'Cannot change repository: it can only be read' });
}
