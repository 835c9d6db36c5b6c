import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WatchFilesOptions {
  readonly files: readonly string[];
  /** Told when one of the files has become another. Not while an earlier call is still at work. */
  readonly onChange: () => Promise<void>;
  /** Milliseconds between looks, for file systems that tell nothing of changes. Default: 10000. */
  readonly interval?: number;
}

/**
 * Watches a few files that are replaced now and then: by a rename, through symbolic links (as Kubernetes
 * does), on network file systems. Their directories are watched, and looked at from time to time.
 */
export async function watchFiles({
  files,
  onChange,
  interval = 10_000,
}: WatchFilesOptions): Promise<{ readonly close: () => void }> {
  let before = await stamp(files);
  let looking = false;
  let again = false;
  let closed = false;
  let settle: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    const now = await stamp(files);
    if (now !== before && !closed) {
      before = now;
      await onChange();
    }
    looking = false;
    if (again && !closed) {
      again = false;
      await look();
    }
  };
  const lookSoon = (): void => {
    clearTimeout(settle);
    // Two files that belong together are seldom replaced in the same moment.
    settle = setTimeout(() => void look(), 100).unref();
  };

  const timer = setInterval(() => void look(), interval).unref();
  const watchers = [...new Set(files.map((file) => dirname(file)))].flatMap((directory) =>
    watchDirectory(directory, lookSoon),
  );
  return {
    close() {
      closed = true;
      clearInterval(timer);
      clearTimeout(settle);
      for (const watcher of watchers) watcher.close();
    },
  };
}

function watchDirectory(directory: string, onEvent: () => void): FSWatcher[] {
  try {
    // Where it cannot be watched, the timer is what is left.
    return [watch(directory, { persistent: false }, onEvent).on('error', () => undefined)];
  } catch {
    return [];
  }
}

/** Changes whenever one of the files is replaced or written. */
async function stamp(files: readonly string[]): Promise<string> {
  const parts = files.map(async (file) => {
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
      return [dev, ino, size, mtimeNs, ctimeNs].join(':');
    } catch {
      return 'absent';
    }
  });
  return (await Promise.all(parts)).join(' ');
}
