import { type Mac, createMac } from '@lading/digest';
import { RegistryError } from '@lading/errors';
import { type StorageDriver, isStorageError } from '@lading/storage';

/** A key that signs upload sessions. */
export interface UploadKey {
  /** Names the key in a session; derived from it one way, so it tells nothing of it. */
  readonly id: string;
  /** HMAC-SHA-256 under a key that is derived for this purpose alone. */
  readonly mac: Mac;
}

/** Keys that sign upload sessions: the first signs, all verify. So one is replaced without breaking the uploads under way. */
export type UploadKeys = () => Promise<readonly [UploadKey, ...UploadKey[]]>;

/** Keys from the secrets of a configuration; the first signs, all verify. */
export function secretKeys(secrets: readonly [string, ...string[]]): UploadKeys {
  const encoder = new TextEncoder();
  return once(async () => {
    const [first, ...rest] = secrets;
    return [
      await deriveKey(encoder.encode(first)),
      ...(await Promise.all(rest.map((secret) => deriveKey(encoder.encode(secret))))),
    ];
  });
}

/**
 * A key from a random secret that is made once in the storage, so that all nodes on it agree and nobody has a secret to forget. Whoever
 * can read `path` can forge sessions: it must not be reachable through links or redirects.
 */
export function storedKeys(storage: StorageDriver, path: string): UploadKeys {
  const read = async (): Promise<Uint8Array | undefined> => {
    try {
      return (await storage.get(path)).bytes;
    } catch (error) {
      if (isStorageError(error, 'not-found')) return undefined;
      throw error;
    }
  };
  const make = async (): Promise<Uint8Array | undefined> => {
    try {
      await storage.put(path, crypto.getRandomValues(new Uint8Array(32)), {
        ifAbsent: true,
        confidential: true,
      });
    } catch (error) {
      if (!isStorageError(error, 'exists')) throw error;
    }
    // Read back what won: of several nodes that start at once, one made the key.
    return read();
  };
  return once(async () => {
    const secret = (await read()) ?? (await make());
    if (secret === undefined || secret.byteLength < 32) {
      throw new RegistryError('UNAVAILABLE', {
        message: 'Cannot sign uploads: the stored key is not usable',
      });
    }
    return [await deriveKey(secret)];
  });
}

/** HKDF (RFC 5869) parts one secret by purpose: a key for signing, and a name for it. */
async function deriveKey(secret: Uint8Array): Promise<UploadKey> {
  const { subtle } = crypto;
  const root = await subtle.importKey('raw', secret.slice(), 'HKDF', false, ['deriveBits']);
  const derive = async (info: string, length: number): Promise<Uint8Array> => {
    const purpose = {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: new TextEncoder().encode(info),
    };
    return new Uint8Array(await subtle.deriveBits(purpose, root, length * 8));
  };
  const [key, name] = await Promise.all([
    derive('lading upload session v1', 32),
    derive('lading upload key name v1', 4),
  ]);
  const id = Array.from(name, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { id, mac: await createMac(key) };
}

/** Runs once; a failure is not remembered. */
function once<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= run().catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  };
}
