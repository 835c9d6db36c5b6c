import { access } from './access.ts';
import { api } from './api.ts';
import { blobs } from './blobs.ts';
import type { HttpCase } from './exchange.ts';
import { lists } from './lists.ts';
import { manifests } from './manifests.ts';
import { uploads } from './uploads.ts';

export { toBytes, toReply } from './exchange.ts';
export type { HttpCase, Reply, Send, Sent, Serve, Served } from './exchange.ts';

/** What holds through every adapter. */
export const httpCases: readonly HttpCase[] = [
  ...api,
  ...access,
  ...blobs,
  ...uploads,
  ...manifests,
  ...lists,
];
