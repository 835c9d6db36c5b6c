import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cases, testRegistry } from '../src/index.ts';
import { brokenRegistries } from './broken/index.ts';
import { honestRegistry } from './honest-registry.ts';

suite('testRegistry passes an honest registry', () => {
  testRegistry(test, () => Promise.resolve({ registry: honestRegistry() }));
});

suite('the suite notices a registry that', () => {
  for (const { fault, caught, create } of brokenRegistries) {
    test(fault, async () => {
      const guilty = cases.find(({ name }) => name === caught);
      assert.ok(guilty, `there is a case "${caught}"`);
      await assert.rejects(async () => guilty.run(create()));
    });
  }
});

test('cases have names that tell them apart', () => {
  assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
});

test('testRegistry shows a case that is skipped with its reason, and does not run it', async () => {
  const [first] = cases;
  assert.ok(first);
  const runs: Array<Promise<void>> = [];
  const skipped: string[] = [];
  testRegistry(
    (name, run) => {
      if (name === first.name) runs.push(run({ skip: (reason) => skipped.push(`${name}: ${reason}`) }));
    },
    () => Promise.reject(new Error('the case was run')),
    { skip: { [first.name]: 'it is early' } },
  );
  await Promise.all(runs);
  assert.deepEqual(skipped, [`${first.name}: it is early`]);
});

test('testRegistry throws when a case to skip does not exist', () => {
  const create = (): never => assert.fail('nothing is created');
  assert.throws(
    () => testRegistry(() => undefined, create, { skip: { 'no such case': 'typo' } }),
    RangeError,
  );
});
