import { atomicity } from './atomicity.ts';
import { cancelling } from './cancelling.ts';
import type { ConformanceCase } from './case.ts';
import { composing } from './composing.ts';
import { conditional, unconditional } from './conditional.ts';
import { deleting } from './deleting.ts';
import { listing } from './listing.ts';
import { moving } from './moving.ts';
import { paths } from './paths.ts';
import { ranges } from './ranges.ts';
import { reading } from './reading.ts';
import { streams } from './streams.ts';
import { urls } from './urls.ts';
import { writing } from './writing.ts';

/** The contract of `StorageDriver`, one sentence at a time. */
export const storageConformance: readonly ConformanceCase[] = [
  ...reading,
  ...ranges,
  ...writing,
  ...atomicity,
  ...conditional,
  ...unconditional,
  ...listing,
  ...moving,
  ...deleting,
  ...cancelling,
  ...composing,
  ...urls,
  ...paths,
  ...streams,
];
