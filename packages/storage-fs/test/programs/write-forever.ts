// Writes one file that never ends, and puts others as fast as it can: write-forever.ts <root>
import { fsStorage } from '@lading/storage-fs';

const [root = ''] = process.argv.slice(2);
const storage = fsStorage({ root });

async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield new Uint8Array(64 * 1024).fill(7);
  }
}

const writing = storage.write('/blobs/endless', endless());
for (let round = 0; ; round += 1) {
  await storage.put(`/links/${round % 10}/link`, new Uint8Array(1000).fill((round % 250) + 1));
  // What was promised: it is there whatever happens from here on.
  process.stdout.write(`${round}\n`);
  if (round < 0) await writing;
}
