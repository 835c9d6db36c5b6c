/** Runs one at a time of those that have the same key, in the order of their calls. */
export type Mutex = <T>(key: string, run: () => Promise<T>) => Promise<T>;

export function createMutex(): Mutex {
  const last = new Map<string, Promise<void>>();
  return async (key, run) => {
    const before = last.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    last.set(key, promise);
    try {
      if (before !== undefined) await before;
      return await run();
    } finally {
      if (last.get(key) === promise) last.delete(key);
      resolve();
    }
  };
}
