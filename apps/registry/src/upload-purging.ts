import { purgeUploads } from '@lading/registry-store';
import type { StorageDriver } from '@lading/storage';
import type { UploadPurgingSettings } from './config/configuration.ts';
import type { Log } from './log/log.ts';

export interface UploadPurgingOptions {
  readonly storage: StorageDriver;
  readonly settings: UploadPurgingSettings;
  readonly log: Log;
  /** Of 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Resolves after so many milliseconds; rejects when the signal is aborted. Default: a timer that keeps no process alive. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The first time is up to so many milliseconds away, so that processes that start together do not all look at once. */
const firstWithin = 3_600_000;

/** Removes uploads that nobody ended, again and again, until it is closed. A failure is told and tried again at the next time. */
export function uploadPurging({
  storage,
  settings: { enabled, age, interval, dryrun },
  log,
  random = Math.random,
  now = Date.now,
  sleep = unheededSleep,
}: UploadPurgingOptions): { readonly close: () => Promise<void> } {
  const ending = new AbortController();
  const { signal } = ending;

  const purge = async (): Promise<void> => {
    try {
      const { uploads } = await purgeUploads({
        storage,
        olderThan: age,
        dryRun: dryrun,
        now,
        signal,
        onProgress: (upload) =>
          log.debug(dryrun ? 'upload would be removed' : 'upload was removed', { ...upload }),
      });
      const message = dryrun
        ? 'looked for uploads left alone; none is removed in a dry run'
        : 'removed uploads left alone';
      log.info(message, { kept: uploads.kept, removed: uploads.removed });
    } catch (error) {
      if (!signal.aborted)
        log.error('uploads left alone cannot be removed; they will be at the next time', { error });
    }
  };
  const run = async (): Promise<void> => {
    await sleep(Math.min(firstWithin, interval) * random(), signal);
    for (;;) {
      await purge();
      await sleep(interval * (0.9 + 0.2 * random()), signal);
    }
  };
  const running = enabled ? run().catch(() => undefined) : Promise.resolve();
  return {
    async close() {
      ending.abort();
      await running;
    },
  };
}

/** As long as `setTimeout` can count; a purge that comes too early does no harm. */
const longest = 2 ** 31 - 1;

function unheededSleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, longest)).unref();
    const leave = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
