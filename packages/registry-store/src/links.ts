import { type Digest, isDigest } from '@lading/digest';
import { RegistryError } from '@lading/errors';
import type { Cancellable } from '@lading/repository';
import { type StorageDriver, type StoredFile, isStorageError } from '@lading/storage';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Whether the link at a path is there, without reading it: for those that can only hold one digest. One of another length was torn by a power cut
 * under somebody else's hands, and counts as none, so that the next push mends it.
 */
export async function hasLink(
  storage: StorageDriver,
  path: string,
  digest: Digest,
  options?: Cancellable,
): Promise<boolean> {
  try {
    const found = await storage.stat(path, options);
    return found.kind === 'file' && found.size === digest.length;
  } catch (error) {
    if (isStorageError(error, 'not-found')) return false;
    throw error;
  }
}

/** The digest that a link holds, or `undefined` when there is no link. */
export async function readLink(
  storage: StorageDriver,
  path: string,
  options?: Cancellable,
): Promise<Digest | undefined> {
  const file = await readLinkFile(storage, path, options);
  return file === undefined ? undefined : digestIn(file, path);
}

/** A link with its version, or `undefined` when there is none. */
export async function readLinkFile(
  storage: StorageDriver,
  path: string,
  options?: Cancellable,
): Promise<StoredFile | undefined> {
  try {
    return await storage.get(path, options);
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined;
    throw error;
  }
}

/**
 * The digest that a link's file holds.
 *
 * @throws {RegistryError} UNAVAILABLE when it holds none: what it pointed at is not known, which is not the same as nothing.
 */
export function digestIn(file: StoredFile, path: string): Digest {
  const text = decoder.decode(file.bytes);
  if (isDigest(text)) return text;
  const cause = new Error(`Cannot read link ${JSON.stringify(path)}: it holds no digest`);
  throw new RegistryError('UNAVAILABLE', {
    message: 'a link in the storage of this registry is damaged',
    cause,
  });
}

/** The bytes of a link to a digest. */
export function linkTo(digest: Digest): Uint8Array {
  return encoder.encode(digest);
}
