// Increments a counter so many times, against all others that do: increment.ts <root> <times>
import { isStorageError } from '@lading/storage';
import { fsStorage } from '@lading/storage-fs';

const [root = '', times = '0'] = process.argv.slice(2);
const storage = fsStorage({ root });
const decoder = new TextDecoder();
const encoder = new TextEncoder();

for (let done = 0; done < Number(times);) {
  const { bytes, version } = await storage.get('/tags/counter/link');
  try {
    const next = encoder.encode(String(Number(decoder.decode(bytes)) + 1));
    await storage.put('/tags/counter/link', next, { ifVersion: version });
    done += 1;
  } catch (error) {
    if (!isStorageError(error, 'changed')) throw error;
  }
}
