import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { isName, isTag, maxNameLength } from '../src/index.ts';

/** The grammar of the specification, letter by letter. */
const specification = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

suite('isName', () => {
  const names = [
    'a',
    '0',
    'alpine',
    'library/alpine',
    'a/b/c/d',
    'a.b',
    'a_b',
    'a__b',
    'a-b',
    'a---b',
    'my.host/x-1/y_2',
    'a'.repeat(255),
  ];
  for (const name of names) test(`takes "${name.slice(0, 30)}"`, () => assert.ok(isName(name)));

  const others = {
    'an empty text': '',
    capitals: 'Alpine',
    'two dots': 'a..b',
    'three underscores': 'a___b',
    'mixed separators': 'a.-b',
    'a separator at the begin': '-a',
    'a separator at the end': 'a_',
    'one at the end of a component': 'a-/b',
    'an empty component': 'a//b',
    'a slash at the begin': '/a',
    'a slash at the end': 'a/',
    'a space': 'a b',
    'a line feed at the end': 'a\n',
    'a way up': '../a',
    'a directory of ours': 'a/_layers',
    'a letter that is not ASCII': 'ä',
    'a NUL': 'a\0b',
    'more than 255 characters': 'a'.repeat(256),
  };
  for (const [what, name] of Object.entries(others)) test(`refuses ${what}`, () => assert.ok(!isName(name)));

  test('agrees with the grammar of the specification', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', '0', '.', '_', '-', '/', 'A'), maxLength: 12 });
    fc.assert(
      fc.property(texts, (text) => assert.equal(isName(text), specification.test(text))),
      { numRuns: 2000 },
    );
  });

  test('takes no longer for texts that are made to be slow', () => {
    const start = performance.now();
    for (const unit of ['-', 'a-', '_', 'a/', 'a.']) isName(unit.repeat(maxNameLength));
    isName(`${'a-'.repeat(100_000)}!`);
    assert.ok(performance.now() - start < 200);
  });
});

suite('isTag', () => {
  for (const tag of ['latest', '_', '1.2.3', 'V1', 'a-b_c.d', 'a'.repeat(128)]) {
    test(`takes "${tag.slice(0, 30)}"`, () => assert.ok(isTag(tag)));
  }
  for (const tag of ['', '.a', '-a', 'a/b', 'a:b', 'a b', 'a\n', 'ä', '..', 'a'.repeat(129)]) {
    test(`refuses ${JSON.stringify(tag.slice(0, 30))}`, () => assert.ok(!isTag(tag)));
  }
});
