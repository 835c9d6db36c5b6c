import type { Hasher } from '@lading/digest';

/**
 * The hashes of uploads that go on in this process, by the mark of the last part each has seen. Only a short cut: what is not
 * here is in the session, or read again from the storage.
 */
export interface RunningHashes {
  /** A hasher of one's own that has seen everything up to that part. */
  readonly get: (mark: string) => Hasher | undefined;
  readonly set: (mark: string, hasher: Hasher) => void;
}

/** At most `limit` hashes; the oldest goes first. Each native one holds about a kilobyte. */
export function runningHashes(limit: number = 1024): RunningHashes {
  const byMark = new Map<string, Hasher>();
  return {
    get: (mark) => byMark.get(mark)?.copy(),
    set(mark, hasher) {
      byMark.set(mark, hasher);
      const oldest = byMark.size > limit ? byMark.keys().next() : undefined;
      if (oldest?.done === false) byMark.delete(oldest.value);
    },
  };
}
