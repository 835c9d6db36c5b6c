// A registry on Deno: deno run --allow-net examples/deno.ts
import { createHandler } from '@lading/handlers';
import { toFetch } from '@lading/handlers-fetch';
import { registryStore } from '@lading/registry-store';
import { memoryStorage } from '@lading/storage-memory';

const registry = registryStore({ storage: memoryStorage() });
const serve = toFetch(createHandler(registry));
Deno.serve({ hostname: '127.0.0.1', port: 0 }, (request, { remoteAddr }) =>
  serve(request, { remote: remoteAddr.hostname }),
);
