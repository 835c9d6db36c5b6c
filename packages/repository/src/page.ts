/** Part of an ordered list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** What to give as `after` for the next page; absent on the last. */
  readonly next?: string;
}

export interface PageOptions extends Cancellable {
  /** Only what comes after this one in the order of the list. It need not be in the list. */
  readonly after?: string;
  /** At most so many. Default: the implementation's own. */
  readonly limit?: number;
}

export interface Cancellable {
  /** Stops the work; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}
