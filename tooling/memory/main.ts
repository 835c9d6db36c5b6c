/**
 * Pushes and pulls one blob of 10 GiB and measures how much the registry's resident memory grows:
 *
 *   npm run test:memory                                     needs 10 GiB of disk
 *   npm run test:memory -- --size 1 --mode chunks           1 GiB, in PATCHes with Content-Range
 *   npm run test:memory -- --registry distribution          the peer instead of ours
 *   npm run test:memory -- --directory DIR                  where the data lies (default: the system's
 *                                                           temporary directory)
 *
 * Growth counts from the registry at rest after its first answer, with nothing warmed up. It ends with
 * 1 when that is 64 MiB or more.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRegistry, toRegistryKind } from '../peers/registries.ts';
import { temporaryDirectory } from '../peers/temporary.ts';
import { measureGrowth } from './growth.ts';
import type { PushMode } from './growth.ts';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '10' },
    mode: { type: 'string', default: 'stream' },
    registry: { type: 'string', default: 'lading' },
    directory: { type: 'string' },
    limit: { type: 'string', default: '64' },
  },
});

const mebibyte = 1 << 20;
const size = Math.round(positive('size', options.size) * 1024) * mebibyte;
const limit = positive('limit', options.limit) * mebibyte;
const mode = toPushMode(options.mode);

await using work = await temporaryDirectory('memory', options.directory);
await using server = await startRegistry(toRegistryKind(options.registry), { root: join(work.path, 'data') });

const { idle, push, pull, pushRate, pullRate } = await measureGrowth({ server, size, mode });
const growth = Math.max(push, pull) - idle;
const inMebibytes = (bytes: number): string => `${(bytes / mebibyte).toFixed(0)} MiB`;
console.log(`${options.registry}: one blob of ${options.size} GiB, pushed as ${mode}`);
console.log(`  at rest  ${inMebibytes(idle)}`);
console.log(`  push     ${inMebibytes(push)} at most, ${inMebibytes(pushRate)}/s`);
console.log(`  pull     ${inMebibytes(pull)} at most, ${inMebibytes(pullRate)}/s`);
console.log(`  grew by  ${inMebibytes(growth)}, limit ${options.limit} MiB`);
process.exitCode = growth < limit ? 0 : 1;

/** A number of an option: one that is none would make any growth fit. */
function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new TypeError(`Cannot take --${name} "${text}": it is no number above 0`);
}

function toPushMode(text: string): PushMode {
  if (text === 'stream' || text === 'chunks' || text === 'put') return text;
  throw new TypeError(`Cannot push as "${text}": there are "stream", "chunks" and "put"`);
}
