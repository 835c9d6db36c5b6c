import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StorageDriver } from '@lading/storage';
import { StartupError } from './startup-error.ts';

/** What a driver package exports as `storage` (or as its default): makes a driver of the options in the configuration. */
export type StorageFactory = (
  options: Readonly<Record<string, unknown>>,
) => StorageDriver | Promise<StorageDriver>;

const required = ['stat', 'read', 'get', 'write', 'put', 'list', 'move', 'delete'] as const;

/**
 * Makes a driver of a package or file that this program knows nothing of.
 *
 * @param specifier as one would write it in an `import` of a file in `directory`.
 * @throws {StartupError} when it cannot be loaded, or makes no driver.
 */
export async function loadDriver(
  specifier: string,
  options: Readonly<Record<string, unknown>>,
  directory: string,
): Promise<StorageDriver> {
  const name = JSON.stringify(specifier);
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await importFrom(specifier, directory);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    const state = missing ? `it is not installed in ${directory}` : (cause as Error).message;
    throw new StartupError(`Cannot load the storage driver ${name}: ${state}`, { cause });
  }
  const factory = exported['storage'] ?? exported['default'];
  if (typeof factory !== 'function') {
    throw new StartupError(`Cannot use the storage driver ${name}: it exports no function "storage"`);
  }
  let driver: StorageDriver;
  try {
    driver = await (factory as StorageFactory)(options);
  } catch (cause) {
    throw new StartupError(`Cannot make the storage driver ${name}: ${(cause as Error).message}`, { cause });
  }
  const lacking = required.filter((member) => typeof driver?.[member] !== 'function');
  if (lacking.length > 0) {
    throw new StartupError(`Cannot use the storage driver ${name}: it lacks ${lacking.join(', ')}`);
  }
  return driver;
}

/** Imports as a file in that directory would: `import` itself only looks from where it stands. */
async function importFrom(specifier: string, directory: string): Promise<Readonly<Record<string, unknown>>> {
  const parentURL = pathToFileURL(join(directory, 'configuration')).href;
  const hooks = registerHooks({
    resolve: (wanted, context, next) =>
      wanted === specifier && context.parentURL === import.meta.url
        ? next(wanted, { ...context, parentURL })
        : next(wanted, context),
  });
  try {
    return (await import(specifier)) as Readonly<Record<string, unknown>>;
  } finally {
    hooks.deregister();
  }
}
