/** What a registry has acknowledged, and so owes. */

/** Something acknowledged with 201 that nothing takes back. */
export type Entry =
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: string; readonly size: number }
  | {
      readonly kind: 'manifest';
      readonly repository: string;
      readonly digest: string;
      readonly mediaType: string;
    }
  | {
      readonly kind: 'referrer';
      readonly repository: string;
      readonly subject: string;
      readonly digest: string;
    };

/** The state of a tag that resolves to nothing. */
export const absent = 'absent';

export interface Ledger {
  readonly entries: Entry[];
  /** By `repository:tag`: the digests that the tag may resolve to, or `absent`. One, unless a request got no answer. */
  readonly tags: Map<string, Set<string>>;
}

export function emptyLedger(): Ledger {
  return { entries: [], tags: new Map() };
}

/** A request that sets a tag (or deletes it) is about to be sent: until it is answered both states are right. */
export function tagMayBecome(ledger: Ledger, tag: string, state: string): void {
  const states = ledger.tags.get(tag) ?? new Set([absent]);
  ledger.tags.set(tag, states.add(state));
}

/** The registry has said so, or was seen to answer so. */
export function tagIs(ledger: Ledger, tag: string, state: string): void {
  ledger.tags.set(tag, new Set([state]));
}

/** Something the registry owed and did not keep, or has and must not. */
export interface Violation {
  readonly kind:
    | 'lost blob'
    | 'lost manifest'
    | 'lost referrer'
    | 'wrong tag'
    | 'wrong bytes'
    | 'missing reference'
    | 'broken link'
    | 'stray file'
    | 'refused'
    | 'died';
  readonly what: string;
}
