/** What a request wants to do, as Docker's token scopes say it: `repository:team/app:pull,push`. */
export interface Scope {
  readonly type: 'repository' | 'registry';
  /** Repository name; for a `registry` scope `catalog`; `*` stands for all. */
  readonly name: string;
  readonly actions: readonly Action[];
}

export type Action = 'pull' | 'push' | 'delete' | '*';

/** Who asks. */
export interface Caller {
  /** The `Authorization` header as it came. A secret: it must reach no log. */
  readonly authorization?: string;
  /** Network address, without port. */
  readonly remote?: string;
}

/** Whether the caller may. */
export type Decision =
  /** `name` is who it is, for logs and events; absent for the anonymous. */
  | { readonly kind: 'allowed'; readonly name?: string }
  /** Better credentials could help: 401, with this `WWW-Authenticate`. */
  | { readonly kind: 'challenge'; readonly challenge: string }
  /** Known, and not allowed: 403. */
  | { readonly kind: 'denied'; readonly name?: string };

/** May this caller do all of that? No scopes at all is the question whether the caller may come in (`GET /v2/`). */
export type Access = (caller: Caller, scopes: readonly Scope[]) => Promise<Decision>;

/** A scope as text, such as `repository:team/app:pull,push`. */
export function formatScope({ type, name, actions }: Scope): string {
  return `${type}:${name}:${actions.join(',')}`;
}
