import type { Cancellable } from '@lading/repository';
import { type StorageDriver, isStorageError } from '@lading/storage';
import { concurrently } from './concurrently.ts';
import { type Layout, layout } from './layout.ts';
import { modifiedOf } from './survey.ts';
import { repositoriesIn } from './walk.ts';

export interface PurgeUploadsOptions extends Cancellable {
  readonly storage: StorageDriver;
  /** Directory of the registry in the storage. Default: `/docker/registry`. */
  readonly root?: string;
  /** Uploads that nobody touched for so many milliseconds go. More than a session holds. */
  readonly olderThan: number;
  /** Say what would go, and remove nothing. Default: false. */
  readonly dryRun?: boolean;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Told of each upload that goes. Must not throw. */
  readonly onProgress?: (upload: { readonly repository: string; readonly id: string }) => void;
}

/** What a purge found and did; with `dryRun`, would have done. */
export interface PurgedUploads {
  readonly repositories: number;
  readonly uploads: { readonly kept: number; readonly removed: number };
}

/** An upload in the storage. */
interface FoundUpload {
  /** When its last bytes came, in milliseconds since 1970. */
  touched: number;
  /** Distribution's file that tells when it began. */
  startedAt?: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const decoder = new TextDecoder();

/**
 * Removes uploads that were left alone: ours by their newest part, those of CNCF Distribution by when they began, as it does itself. What is not
 * named like an upload stays.
 */
export async function purgeUploads(options: PurgeUploadsOptions): Promise<PurgedUploads> {
  const { storage, olderThan, dryRun = false, now = Date.now, onProgress, signal } = options;
  const tree = layout(options.root);
  const cancel = signal === undefined ? {} : { signal };
  let repositories = 0;
  let kept = 0;
  let removed = 0;
  for await (const { name: repository, rooms } of repositoriesIn(storage, tree, cancel)) {
    repositories += 1;
    if (!rooms.has('_uploads')) continue;
    const found = await findUploads(storage, tree, repository, cancel);
    const purge = async ([id, upload]: [string, FoundUpload]): Promise<void> => {
      if ((await ageOf(storage, upload, now(), cancel)) <= olderThan) {
        kept += 1;
        return;
      }
      if (!dryRun) await storage.delete(tree.repository(repository).upload(id), cancel);
      removed += 1;
      onProgress?.({ repository, id });
    };
    await concurrently(found, purge, signal);
  }
  return { repositories, uploads: { kept, removed } };
}

async function findUploads(
  storage: StorageDriver,
  tree: Layout,
  repository: string,
  options: Cancellable,
): Promise<Map<string, FoundUpload>> {
  const { uploads } = tree.repository(repository);
  const found = new Map<string, FoundUpload>();
  for await (const entry of storage.list(uploads, { ...options, recursive: true })) {
    const path = `${uploads}/${entry.name}`;
    const place = tree.locate(path);
    if (place?.kind !== 'upload' || !uuid.test(place.id)) continue;
    const upload = found.get(place.id) ?? { touched: 0 };
    found.set(place.id, upload);
    upload.touched = Math.max(upload.touched, await modifiedOf(storage, path, entry, options));
    if (place.file === 'startedat') upload.startedAt = path;
  }
  return found;
}

async function ageOf(
  storage: StorageDriver,
  { touched, startedAt }: FoundUpload,
  now: number,
  options: Cancellable,
): Promise<number> {
  if (startedAt === undefined) return now - touched;
  try {
    const began = Date.parse(decoder.decode((await storage.get(startedAt, options)).bytes));
    return now - (Number.isNaN(began) ? touched : began);
  } catch (error) {
    // Ended while we looked.
    if (isStorageError(error, 'not-found')) return 0;
    throw error;
  }
}
