import type { StorageDriver } from '@lading/storage';
import { unguardedPut } from './unguarded-put.ts';

/** Says that it cannot put over a version, and does it unguarded instead of refusing. */
export function silentlyUnconditional(driver: StorageDriver): StorageDriver {
  return { ...unguardedPut(driver), conditional: false };
}
