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
   * The body; empty where there is none, and then neither `content-length` nor `transfer-encoding` says otherwise. Reading
   * it is what answers `Expect: 100-continue`, so nothing is read before the request is known to be welcome. A handler
   * that does not read it leaves it; the adapter deals with the rest. Rejects when the sender is cut off, or sent
   * another number of bytes than it said.
   */
  readonly body: ByteStream;
  /**
   * Aborted when the client has gone and nobody waits for the answer. Made when it is first asked for: an `AbortSignal`
   * costs as much as a whole small request.
   */
  readonly signal: AbortSignal;
  /** Network address of the peer, without port, where there is one. */
  readonly remote?: string | undefined;
  /** Whether the peer speaks TLS to us. Default: false. */
  readonly secure?: boolean;
  /** Whether each chunk of the answer is written out before the next is asked for, so that it may be recycled. Default: false. */
  readonly recycle?: boolean;
}

/** An answer. */
export interface RegistryResponse {
  readonly status: number;
  /** Names and values in turn, each name at most once unless the field may be repeated. Shared: not to be changed. */
  readonly headers: readonly string[];
  /**
   * Absent for no body. Bytes are shared and not to be changed. A stream belongs to the adapter, which finishes it or calls
   * `return()`; its chunks are recycled only where the request said that they may. `Content-Length` is among the
   * headers wherever it is known.
   */
  readonly body?: Uint8Array | ByteStream;
}

/** The OCI distribution API as a function. Never rejects. */
export type RegistryHandler = (request: RegistryRequest) => Promise<RegistryResponse>;
