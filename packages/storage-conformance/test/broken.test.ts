import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StorageDriver } from '@lading/storage';
import { runCase, storageConformance } from '@lading/storage-conformance';
import { memoryStorage } from '@lading/storage-memory';
import { coarseVersions } from './broken/coarse-versions.ts';
import { copiedMove } from './broken/copied-move.ts';
import { deaf } from './broken/deaf.ts';
import { deleteByPrefix } from './broken/delete-by-prefix.ts';
import { driftingRead } from './broken/drifting-read.ts';
import { everyFailureIsAMiss } from './broken/every-failure-is-a-miss.ts';
import { firstPageOnly } from './broken/first-page-only.ts';
import { foreignErrors } from './broken/foreign-errors.ts';
import { forgivingPaths } from './broken/forgiving-paths.ts';
import { keptBytes } from './broken/kept-bytes.ts';
import { keptPart } from './broken/kept-part.ts';
import { lateOpen } from './broken/late-open.ts';
import { lengthAsEnd } from './broken/length-as-end.ts';
import { lookThenCreate } from './broken/look-then-create.ts';
import { lookThenPut } from './broken/look-then-put.ts';
import { openSources } from './broken/open-sources.ts';
import { reusedBuffer } from './broken/reused-buffer.ts';
import { silentlyUnconditional } from './broken/silently-unconditional.ts';
import { sortedParts } from './broken/sorted-parts.ts';
import { tornWrite } from './broken/torn-write.ts';
import { unguardedPut } from './broken/unguarded-put.ts';

/** What is broken, and by which sentences of the contract that is found out. */
const broken: readonly (readonly [(driver: StorageDriver) => StorageDriver, ...string[]])[] = [
  [
    tornWrite,
    'nothing is seen of a file until all of it is there',
    'with ifAbsent nothing is overwritten: exists',
  ],
  [keptPart, 'a stream that fails is the failure of the write, as it is, and leaves what was there'],
  [unguardedPut, 'put over another version is changed, and leaves what is there'],
  [silentlyUnconditional, 'put over a version is unsupported, never unguarded, where the driver cannot'],
  [lookThenPut, 'of many puts over one version exactly one wins', 'a counter that many increment loses none'],
  [
    lookThenCreate,
    'of many puts with ifAbsent exactly one wins',
    'of many writes with ifAbsent exactly one wins',
  ],
  [reusedBuffer, 'the chunks of a plain read may all be kept'],
  [lateOpen, 'what is not there is not-found'],
  [driftingRead, 'a stream gives what was there when it was opened, whatever is written meanwhile'],
  [firstPageOnly, 'a list of more than a thousand names tells each once'],
  [deleteByPrefix, 'a deleted directory goes with all that lies below, and nothing beside'],
  [
    deaf,
    'a write whose stream does not go on can be aborted',
    'a read that is aborted fails with the reason, and is over',
  ],
  [lengthAsEnd, 'read gives at most length bytes'],
  [forgivingPaths, 'what is no path is invalid-path for every call'],
  [everyFailureIsAMiss, 'an offset beyond the end is invalid-range'],
  [foreignErrors, 'what is not there is not-found'],
  [openSources, 'a stream is ended when it cannot be written'],
  [coarseVersions, 'the version is another one after each change, and the same without'],
  [copiedMove, 'a moved file has the other name only'],
  [sortedParts, 'parts are joined in the order given, and stay'],
  [keptBytes, 'put only borrows the bytes', 'the bytes that get gives are the caller’s own'],
];

for (const [breakIt, ...names] of broken) {
  for (const name of names) {
    test(`${breakIt.name} is found out by “${name}”`, { timeout: 20_000 }, async () => {
      const found = storageConformance.find((each) => each.name === name);
      assert.ok(found, 'there is such a case');
      const outcome = runCase(found, () => ({ driver: breakIt(memoryStorage()) }));
      await assert.rejects(answered(outcome, 3000));
    });
  }
}

test('every case has a name of its own', () => {
  const names = storageConformance.map(({ name }) => name);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

/** A driver that never answers is found out too. */
async function answered<T>(outcome: Promise<T>, milliseconds: number): Promise<T> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([outcome, silence]);
  } finally {
    clearTimeout(timer);
  }
}
