import type { ByteStream } from '@lading/bytes';
import type { ReadOptions, StorageDriver } from '@lading/storage';

/** Opens a file when its first chunk is asked for. */
export function lateOpen(driver: StorageDriver): StorageDriver {
  return { ...driver, read: async (path, options) => opening(driver, path, options) };
}

async function* opening(
  driver: StorageDriver,
  path: string,
  options: ReadOptions | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream: ByteStream = await driver.read(path, options);
  yield* stream;
}
