import type { StorageDriver } from '@lading/storage';

/** Takes a stream that breaks for one that ended. */
export function keptPart(driver: StorageDriver): StorageDriver {
  return {
    ...driver,
    write(path, source, options) {
      return driver.write(path, untilItBreaks(source), options);
    },
  };
}

async function* untilItBreaks(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* source;
  } catch {
    return;
  }
}
