// Writes more than it may, and tells how that failed: fill.ts <root>
import { fromChunks } from '@lading/bytes';
import { isStorageError } from '@lading/storage';
import { fsStorage } from '@lading/storage-fs';

const [root = ''] = process.argv.slice(2);
const storage = fsStorage({ root });
const chunks = Array.from({ length: 64 }, () => new Uint8Array(64 * 1024));
await storage.put('/small', new Uint8Array(71));
const failure: unknown = await storage
  .write('/large', fromChunks(...chunks))
  .catch((error: unknown) => error);
console.log(isStorageError(failure) ? failure.kind : String(failure));
