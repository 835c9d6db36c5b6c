import type { Cancellable } from '@lading/repository';

/** Loads under way, so that many who want the same at once share one. */
export interface SingleFlight<K, V> {
  /**
   * The result of the load under way for a key, else of a new one. Who leaves by its signal leaves alone: the load goes on for the others.
   *
   * @param load begun only when none is under way. Asked afterwards whether its result is still `current`: not when the key was forgotten
   *   meanwhile.
   */
  readonly run: (key: K, load: (current: () => boolean) => Promise<V>, options?: Cancellable) => Promise<V>;
  /** Lets the next `run` begin a new load, whatever is under way. */
  readonly forget: (key: K) => void;
}

export function singleFlight<K, V>(): SingleFlight<K, V> {
  const flights = new Map<K, Promise<V>>();
  return {
    run(key, load, { signal } = {}) {
      const before = flights.get(key);
      if (before !== undefined) return untilAborted(before, signal);
      const land = (): void => {
        if (flights.get(key) === flight) flights.delete(key);
      };
      const flight: Promise<V> = load(() => flights.get(key) === flight);
      flights.set(key, flight);
      flight.then(land, land);
      return untilAborted(flight, signal);
    },
    forget(key) {
      flights.delete(key);
    },
  };
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    const leave = (): void => signal.removeEventListener('abort', abort);
    work.then(resolve, reject).finally(leave);
  });
}
