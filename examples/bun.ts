// A registry on Bun: bun examples/bun.ts
import { createHandler } from '@lading/handlers';
import { toFetch } from '@lading/handlers-fetch';
import { registryStore } from '@lading/registry-store';
import { memoryStorage } from '@lading/storage-memory';

const registry = registryStore({ storage: memoryStorage() });
const serve = toFetch(createHandler(registry));
const { url } = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  // Layers are larger than what Bun allows by itself.
  maxRequestBodySize: Number.MAX_SAFE_INTEGER,
  fetch: (request) => serve(request),
});
console.log(`Listening on ${url}`);
