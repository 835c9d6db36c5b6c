// A registry inside a process, all in memory, on a port of its own.
import type { AddressInfo } from 'node:net';
import { createHandler } from '@lading/handlers';
import { createServer } from '@lading/handlers-node';
import { registryStore } from '@lading/registry-store';
import { memoryStorage } from '@lading/storage-memory';

const registry = registryStore({ storage: memoryStorage() });
const { listen } = createServer(createHandler(registry));
const { port } = (await listen({ host: '127.0.0.1', port: 0 })) as AddressInfo;
console.log(`Listening on http://127.0.0.1:${port}`);
