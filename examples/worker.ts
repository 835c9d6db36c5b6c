// A registry in a Worker; workerd.capnp runs it. It lives as long as its isolate: a real one needs a storage outside.
import { createHandler } from '@lading/handlers';
import { toFetch } from '@lading/handlers-fetch';
import { registryStore } from '@lading/registry-store';
import { memoryStorage } from '@lading/storage-memory';

let serve: ((request: Request) => Promise<Response>) | undefined;

export default {
  async fetch(request: Request): Promise<Response> {
    // A Worker may not draw random numbers before its first request.
    serve ??= toFetch(createHandler(registryStore({ storage: memoryStorage() })));
    return serve(request);
  },
};
