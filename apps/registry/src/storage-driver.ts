import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StorageDriver } from '@lading/storage';
import type { FsStorageOptions, RootReport } from '@lading/storage-fs';
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

export interface ConfiguredStorageOptions {
  /** From where a driver package is looked up. */
  readonly directory: string;
  /** Whether a data directory that is not there is made. Default: true. */
  readonly create?: boolean;
}

/**
 * Makes the driver that a configuration names. The only place where drivers are named.
 *
 * @throws {StartupError} when the place cannot be used.
 */
export async function configuredStorage(
  settings: StorageSettings,
  { directory, create = true }: ConfiguredStorageOptions,
): Promise<ConfiguredStorage> {
  const { filesystem, module, options = {}, maintenance } = settings;
  if (filesystem !== undefined) {
    const { rootdirectory, disk } = filesystem;
    const mode = maintenance.readonly.enabled ? 'read' : create ? 'create' : 'write';
    return fileSystem({ root: resolve(rootdirectory), disk }, mode);
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

/** What is going to be done in a data directory. */
type Mode = 'read' | 'write' | 'create';

async function fileSystem(options: FsStorageOptions, mode: Mode): Promise<ConfiguredStorage> {
  const { root } = options;
  const { checkRoot, fsStorage } = await import('@lading/storage-fs');
  const caseInsensitive = await prepareDirectory(root, mode, checkRoot);
  const rights = mode === 'read' ? constants.R_OK : constants.R_OK | constants.W_OK;
  return {
    driver: fsStorage(options),
    place: root,
    probe: () => access(root, rights),
    warnings: caseInsensitive ? [caseWarning(root)] : [],
  };
}

function caseWarning(root: string): string {
  return `${root} does not tell capital from small letters: tags that differ only in them, such as "v1-RC" and "v1-rc", are one, and so are repositories`;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'its file system is mounted to be read only',
  ENOENT: 'it is not there',
  ENOTDIR: 'it, or one above it, is a file',
  EEXIST: 'it, or one above it, is a file',
  ENOSPC: 'there is no room left',
};

/** Sees that a directory can be used, and whether the names in it tell capital from small letters. */
async function prepareDirectory(
  root: string,
  mode: Mode,
  checkRoot: (root: string) => Promise<RootReport>,
): Promise<boolean> {
  try {
    if (mode !== 'create') await access(root, mode === 'read' ? constants.R_OK : constants.W_OK);
    if (mode === 'read') return false;
    const report = await checkRoot(root);
    if (report.kind === 'unwritable') throw report.cause;
    return !report.caseSensitive;
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    const verb = mode === 'read' ? 'read' : 'write to';
    const state = reasons[code] ?? code;
    throw new StartupError(`Cannot ${verb} the data directory ${JSON.stringify(root)}: ${state}`, { cause });
  }
}

async function probeDriver(driver: StorageDriver, signal: AbortSignal): Promise<void> {
  try {
    await driver.stat('/docker', { signal });
  } catch (error) {
    if (!isStorageError(error, 'not-found')) throw error;
  }
}
