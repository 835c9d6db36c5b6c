import type { ByteStream } from '@lading/bytes';
import type { RegistryHandler } from '@lading/handlers';

/** What a case sends besides method and target. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes go with their `Content-Length`; a stream goes in chunks, and breaks the connection when it rejects. */
  readonly body?: Uint8Array | ByteStream | string;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  /** The values of a header, joined as HTTP joins them; `undefined` where there is none. */
  readonly header: (name: string) => string | undefined;
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Sends a request to a handler that is being served. Rejects when there is no answer. */
export type Send = (method: string, target: string, sent?: Sent) => Promise<Reply>;

/** A handler, served by the adapter under test. */
export interface Served extends AsyncDisposable {
  readonly send: Send;
}

/** The adapter under test. */
export type Serve = (handler: RegistryHandler) => Promise<Served>;

/** One thing that holds through every adapter. */
export interface HttpCase {
  readonly name: string;
  readonly run: (serve: Serve) => Promise<void>;
}

/** A reply out of its parts. */
export function toReply(status: number, headers: ReadonlyMap<string, string>, bytes: Uint8Array): Reply {
  return {
    status,
    headers,
    header: (name) => headers.get(name.toLowerCase()),
    bytes,
    text: new TextDecoder().decode(bytes),
  };
}

export function toBytes(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}
