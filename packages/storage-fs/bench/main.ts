// What the driver does in a second, on the disk of the given directory:
//
//   node packages/storage-fs/bench/main.ts [directory]
//
// Files are read from the page cache; written ones are synced as in production.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByteStream, tap } from '@lading/bytes';
import { fsStorage } from '@lading/storage-fs';

const mib = 1024 * 1024;
const root = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'lading-bench-'));
const storage = fsStorage({ root });
const link = '/docker/registry/v2/repositories/library/hello/_manifests/tags/latest/current/link';

async function* chunks(total: number, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let sent = 0; sent < total; sent += size) yield new Uint8Array(size).fill(sent / size);
}

async function rate(name: string, seconds: number, run: (round: number) => Promise<unknown>): Promise<void> {
  for (let round = 0; round < 20; round += 1) await run(round);
  const start = performance.now();
  let rounds = 0;
  while (performance.now() - start < seconds * 1000) {
    for (let burst = 0; burst < 10; burst += 1) await run(20 + rounds + burst);
    rounds += 10;
  }
  const passed = (performance.now() - start) / 1000;
  console.log(`${name.padEnd(52)} ${Math.round(rounds / passed).toLocaleString('en')} a second`);
}

async function throughput(name: string, bytes: number, run: () => Promise<unknown>): Promise<void> {
  const figures: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    await run();
    figures.push(bytes / mib / ((performance.now() - start) / 1000));
  }
  figures.sort((a, b) => a - b);
  console.log(`${name.padEnd(52)} ${Math.round(figures[2] ?? 0).toLocaleString('en')} MiB/s, median of 5`);
}

/** As a socket does: done with a chunk a moment after it was given. */
async function consume(stream: ByteStream): Promise<void> {
  for await (const chunk of stream) {
    if (chunk.byteLength === 0) throw new Error('an empty chunk');
    await new Promise(setImmediate);
  }
}

try {
  await storage.put(link, new Uint8Array(71));
  await storage.put('/small', new Uint8Array(200_000));
  await rate('get of a 71-byte link', 2, () => storage.get(link));
  await rate('stat of it', 1, () => storage.stat(link));
  await rate('stat of nothing', 1, () => storage.stat('/docker/nothing').catch(() => undefined));
  await rate('read of 200 kB', 1, async () => consume(await storage.read('/small')));
  await rate('read of 200 kB, recycled', 1, async () =>
    consume(await storage.read('/small', { recycle: true })),
  );
  await rate('put of a 71-byte link, new directory', 2, (round) =>
    storage.put(`/links/${round}/link`, new Uint8Array(71)),
  );
  await rate('put of a 71-byte link, replaced', 2, () => storage.put('/links/0/link', new Uint8Array(71)));
  await rate('write of 30 kB, then move', 2, async (round) => {
    await storage.write(`/uploads/${round}/part`, chunks(30_000, 30_000), { stable: 'bytes' });
    await storage.move(`/uploads/${round}/part`, `/blobs/${round}/data`);
  });

  const size = 512 * mib;
  await throughput('write of 512 MiB', size, () => storage.write('/large', chunks(size, 65_536)));
  await throughput('write of 512 MiB, hashed on the way', size, () => {
    const hash = createHash('sha256');
    return storage.write(
      '/large',
      tap(chunks(size, 65_536), (chunk) => void hash.update(chunk)),
    );
  });
  await throughput('read of 512 MiB', size, async () => consume(await storage.read('/large')));
  await throughput('read of 512 MiB, recycled', size, async () =>
    consume(await storage.read('/large', { recycle: true })),
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
