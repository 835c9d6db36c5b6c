import type { ByteStream } from '@lading/bytes';

/** A request, as an adapter hands it to a handler: no runtime's own objects. */
export interface RegistryRequest {
  readonly method: string;
  /** Path as it came, percent-encoding and all, without the query. */
  readonly path: string;
  /** Query as it came, without the `?`; empty where there is none. */
  readonly query: string;
  /** The first header of a name, which is in lower case; `undefined` where there is none. */
  readonly header: (name: string) => string | undefined;
  /**
   * The body; empty where there is none. Reading it is what answers `Expect: 100-continue`, so nothing is read before
   * the request is known to be welcome. A handler that does not read it leaves it; the adapter deals with the rest. Rejects when the
   * sender is cut off, or sent another number of bytes than it said.
   */
  readonly body: ByteStream;
  /** Aborted when the client has gone and nobody waits for the answer. */
  readonly signal: AbortSignal;
  /** Network address of the peer, without port, where there is one. */
  readonly remote?: string;
  /** Whether the peer speaks TLS to us. */
  readonly secure?: boolean;
}

/** An answer. */
export interface RegistryResponse {
  readonly status: number;
  /** Names and values in turn, each name at most once unless the field may be repeated. Shared: not to be changed. */
  readonly headers: readonly string[];
  /**
   * Absent for no body. A stream belongs to the adapter, which finishes it or calls `return()`; its chunks may be recycled, so each is
   * written before the next is asked for. `Content-Length` is among the headers wherever it is known.
   */
  readonly body?: Uint8Array | ByteStream;
}

/** The OCI distribution API as a function. Never rejects. */
export type RegistryHandler = (request: RegistryRequest) => Promise<RegistryResponse>;
