import { access, constants, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { StorageDriver } from '@lading/storage';
import { isStorageError } from '@lading/storage';
import type { StorageSettings } from './config/configuration.ts';
import { StartupError } from './startup-error.ts';

/** A storage driver, and what the program knows about the place it works on. */
export interface ConfiguredStorage {
  readonly driver: StorageDriver;
  /** Where the data lies, for people. */
  readonly place: string;
  /** Rejects when the place cannot be reached. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** What the operator should know about the place. */
  readonly warnings: readonly string[];
}

/**
 * Makes the driver that a configuration names. The only place where drivers are named.
 *
 * @param directory from where a driver package is looked up.
 * @throws {StartupError} when the place cannot be used.
 */
export async function configuredStorage(
  settings: StorageSettings,
  directory: string,
): Promise<ConfiguredStorage> {
  const { filesystem, module, options = {}, maintenance } = settings;
  if (filesystem !== undefined) {
    return fileSystem(resolve(filesystem.rootdirectory), maintenance.readonly.enabled);
  }
  if (module !== undefined) {
    const { loadDriver } = await import('./driver-module.ts');
    const driver = await loadDriver(module, options, directory);
    return { driver, place: driver.name, probe: (signal) => probeDriver(driver, signal), warnings: [] };
  }
  const { memoryStorage } = await import('@lading/storage-memory');
  const driver = memoryStorage();
  return { driver, place: 'memory, until this process ends', probe: () => Promise.resolve(), warnings: [] };
}

async function fileSystem(root: string, readOnly: boolean): Promise<ConfiguredStorage> {
  const [{ fsStorage }, caseInsensitive] = await Promise.all([
    import('@lading/storage-fs'),
    prepareDirectory(root, readOnly),
  ]);
  const mode = readOnly ? constants.R_OK : constants.R_OK | constants.W_OK;
  const warning = `${root} does not tell capital from small letters: tags and repositories that differ only in them are one`;
  return {
    driver: fsStorage({ root }),
    place: root,
    probe: () => access(root, mode),
    warnings: caseInsensitive ? [warning] : [],
  };
}

/** Makes the directory, sees that files can be made in it, and whether their names tell capital from small letters. */
async function prepareDirectory(root: string, readOnly: boolean): Promise<boolean> {
  try {
    if (readOnly) {
      await access(root, constants.R_OK);
      return false;
    }
    await mkdir(root, { recursive: true });
    const probe = `.Lading-probe-${randomUUID()}`;
    await writeFile(join(root, probe), '');
    try {
      return await exists(join(root, probe.toLowerCase()));
    } finally {
      await rm(join(root, probe), { force: true });
    }
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    const verb = readOnly ? 'read' : 'write to';
    throw new StartupError(`Cannot ${verb} the data directory ${JSON.stringify(root)}: ${code}`, { cause });
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function probeDriver(driver: StorageDriver, signal: AbortSignal): Promise<void> {
  try {
    await driver.stat('/docker', { signal });
  } catch (error) {
    if (!isStorageError(error, 'not-found')) throw error;
  }
}
