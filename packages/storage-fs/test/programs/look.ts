// Looks at a file, and tells how that failed: look.ts <root> <path>
import { isStorageError } from '@lading/storage';
import { fsStorage } from '@lading/storage-fs';

const [root = '', path = ''] = process.argv.slice(2);
const storage = fsStorage({ root });
for (const call of [() => storage.stat(path), () => storage.get(path), () => storage.read(path)]) {
  const failure: unknown = await call().catch((error: unknown) => error);
  console.log(isStorageError(failure) ? failure.kind : JSON.stringify(failure));
}
