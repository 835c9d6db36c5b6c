import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTag } from '@lading/reference';
import { fallbackTag } from '../src/referrers.ts';

test('fallbackTag is what the table of the specification says', () => {
  const hex = 'a'.repeat(64);
  assert.equal(fallbackTag(`sha256:${hex}`), `sha256-${hex}`);
  assert.equal(fallbackTag(`sha512:${hex}${hex}`), `sha512-${hex}`);
  const long =
    'test+algorithm+using+algorithm+separators+and+lots+of+characters+to+excercise+overall+truncation:alsoSome=InTheEncodedSectionToShowHyphenReplacementAndLotsAndLotsOfCharactersToExcerciseEncodedTruncation';
  const tag = fallbackTag(long);
  assert.equal(
    tag,
    'test-algorithm-using-algorithm-s-alsoSome-InTheEncodedSectionToShowHyphenReplacementAndLotsAndLot',
  );
  assert.ok(isTag(tag));
});
