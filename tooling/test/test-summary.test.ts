import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const runner = join(import.meta.dirname, '../test.ts');

/** What `npm test` prints, without colours, for test files with these contents. */
function outputOf(contents: readonly string[]): { lines: string[]; status: number | null } {
  const directory = mkdtempSync(join(tmpdir(), 'lading-summary-'));
  try {
    const files = contents.map((content, index) => {
      const file = join(directory, `${index}.test.mjs`);
      writeFileSync(
        file,
        `import assert from 'node:assert/strict';\nimport { describe, test } from 'node:test';\n${content}`,
      );
      return file;
    });
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1', FORCE_COLOR: undefined };
    const { stdout, status } = spawnSync(process.execPath, [runner, ...files], { encoding: 'utf8', env });
    return { lines: stdout.trimEnd().split('\n'), status };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('summary ends with one line of counts when all is well', () => {
  const { lines, status } = outputOf([
    `test('a', () => {});`,
    `test('b', () => {}); describe('c', () => { test('d', () => {}); });`,
  ]);
  assert.equal(lines.at(-1), '3 passed, 0 failed, 0 skipped');
  assert.equal(status, 0);
});

test('summary names every skipped test with its reason', () => {
  const { lines, status } = outputOf([
    `describe('real clients', () => { test('skopeo pushes', (t) => t.skip('skopeo is not installed — install: apt-get install skopeo')); });
     test('go', { skip: 'no go' }, () => {});`,
  ]);
  const text = lines.join('\n');
  assert.match(
    text,
    /^- real clients › skopeo pushes \(.*\): skopeo is not installed — install: apt-get install skopeo$/m,
  );
  assert.match(text, /^- go \(.*\): no go$/m);
  assert.equal(lines.at(-1), '0 passed, 0 failed, 2 skipped');
  assert.equal(status, 0);
});

test('summary shows a failure once, under its full name, and fails', () => {
  const { lines, status } = outputOf([
    `describe('outer', () => { test('inner', () => assert.equal(1, 2)); }); test('fine', () => {});`,
  ]);
  assert.equal(lines.filter((line) => line.startsWith('✖ outer')).join('\n'), '✖ outer › inner');
  assert.match(lines.join('\n'), /1 !== 2/);
  assert.equal(lines.at(-1), '1 passed, 1 failed, 0 skipped');
  assert.equal(status, 1);
});

test('summary counts a file that does not load, and one whose process ends early, as failed', () => {
  const { lines, status } = outputOf([
    `throw new Error('broken file');`,
    `test('a', () => { process.exit(3); });`,
  ]);
  assert.match(lines.join('\n'), /broken file/);
  assert.match(lines.at(-1) ?? '', /^\d+ passed, [1-9]\d* failed, 0 skipped$/);
  assert.equal(status, 1);
});
