import type { AlgorithmName, Digest } from '@lading/digest';
import type { UploadKeys } from './keys.ts';

/**
 * Where an upload is, as the client carries it: no process remembers it. The hash so far is that of exactly the chain of parts that ends
 * with `mark`, whose names are never written twice; so a session vouches for immutable bytes, and for none that are not on stable storage.
 */
export interface UploadState {
  readonly repository: string;
  readonly id: string;
  readonly algorithm: AlgorithmName;
  /** Bytes received. */
  readonly offset: number;
  /** Mark of the last part of the chain; {@link noMark} before the first. */
  readonly mark: string;
  /** Digest of the bytes so far, where it is known. */
  readonly digest?: Digest;
  /** Saved state of the hash so far, where it is known and another chunk may follow. */
  readonly hash?: Uint8Array;
}

/** What stands for the part before the first. */
export const noMark: string = '0';

/** Makes and reads the sessions of uploads. */
export interface UploadTokens {
  readonly seal: (state: UploadState) => Promise<string>;
  /** The state in a session, or `undefined` when it is forged, expired, malformed, or signed with a key that is gone. */
  readonly open: (session: string) => Promise<UploadState | undefined>;
}

export interface UploadTokensOptions {
  readonly keys: UploadKeys;
  /** How long a session holds, in milliseconds. */
  readonly lifetime: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Payload {
  /** Version of this form. */
  readonly v: 1;
  readonly k: string;
  readonly e: number;
  readonly r: string;
  readonly i: string;
  readonly a: AlgorithmName;
  readonly o: number;
  readonly m: string;
  readonly d?: Digest;
  readonly h?: string;
}

const macLength = 32;

/** Sessions of `[A-Za-z0-9_-]`: base64url of a JSON payload and its HMAC-SHA-256. Signed, not encrypted. */
export function uploadTokens({ keys, lifetime, now }: UploadTokensOptions): UploadTokens {
  return {
    async seal(state) {
      const [{ id, mac }] = await keys();
      const payload: Payload = {
        v: 1,
        k: id,
        e: now() + lifetime,
        r: state.repository,
        i: state.id,
        a: state.algorithm,
        o: state.offset,
        m: state.mark,
        ...(state.digest === undefined ? {} : { d: state.digest }),
        ...(state.hash === undefined ? {} : { h: toBase64Url(state.hash) }),
      };
      const bytes = new TextEncoder().encode(JSON.stringify(payload));
      const sealed = new Uint8Array(bytes.byteLength + macLength);
      sealed.set(bytes);
      sealed.set(await mac.sign(bytes), bytes.byteLength);
      return toBase64Url(sealed);
    },
    async open(session) {
      const sealed = fromBase64Url(session);
      if (sealed === undefined || sealed.byteLength <= macLength) return undefined;
      const bytes = sealed.subarray(0, -macLength);
      const payload = readPayload(bytes);
      if (payload === undefined) return undefined;
      const known = (await keys()).find(({ id }) => id === payload.k);
      if (known === undefined) return undefined;
      if (!(await known.mac.verify(bytes, sealed.subarray(-macLength)))) return undefined;
      if (payload.v !== 1 || payload.e <= now()) return undefined;
      const hash = payload.h === undefined ? undefined : fromBase64Url(payload.h);
      return {
        repository: payload.r,
        id: payload.i,
        algorithm: payload.a,
        offset: payload.o,
        mark: payload.m,
        ...(payload.d === undefined ? {} : { digest: payload.d }),
        ...(hash === undefined ? {} : { hash }),
      };
    },
  };
}

/** Only the key's name is used before the signature has been checked; everything else is ours once it has. */
function readPayload(bytes: Uint8Array): Payload | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Payload) : undefined;
  } catch {
    return undefined;
  }
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length > 4096 || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    );
  } catch {
    return undefined;
  }
}
