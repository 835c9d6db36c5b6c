import type { StorageDriver } from '@lading/storage';

/** What a case is about. */
export type Area =
  | 'atomicity'
  | 'cancelling'
  | 'composing'
  | 'conditional'
  | 'deleting'
  | 'listing'
  | 'moving'
  | 'paths'
  | 'ranges'
  | 'reading'
  | 'streams'
  | 'urls'
  | 'writing';

/** Something that a driver may lack, and says so. */
export type Need = 'compose' | 'url' | 'conditional' | 'unconditional';

/** What a case is run on. */
export interface Subject {
  /** The driver in question. Nothing lies in it. */
  readonly driver: StorageDriver;
  /** Another one on the same place, such as another process has. Default: `driver` itself. */
  readonly other?: StorageDriver;
  /** Called when the case is over, however it ended. */
  readonly close?: () => Promise<void>;
}

/** A case that did not fail; one that does fail rejects. */
export type Outcome = { readonly kind: 'passed' } | { readonly kind: 'skipped'; readonly reason: string };

/** One sentence of the contract that can be tried out. */
export interface ConformanceCase {
  readonly area: Area;
  /** What holds, as a sentence; no other case has the same. */
  readonly name: string;
  /** What the driver must be able to do, for the case to mean anything. */
  readonly needs?: Need;
  /**
   * Tries it out. Resolves with a reason where the place, rather than the driver, makes it meaningless.
   *
   * @throws what the case finds wrong.
   */
  readonly run: (subject: Required<Omit<Subject, 'close'>>) => Promise<string | void>;
}
