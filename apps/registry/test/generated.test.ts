// UPDATE_GENERATED=1 writes the files instead of comparing them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { schemaFile, settingsTable, unsupportedTable } from './generated.ts';

const app = join(import.meta.dirname, '..');
const update = process.env['UPDATE_GENERATED'] === '1';

function keep(file: string, make: (before: string) => string): void {
  const path = join(app, file);
  const before = readFileSync(path, 'utf8');
  const wanted = make(before);
  if (update) writeFileSync(path, wanted);
  else
    assert.equal(
      before,
      wanted,
      `${file} is not current: UPDATE_GENERATED=1 node --test apps/registry/test/generated.test.ts`,
    );
}

function section(document: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  assert.ok(from >= 0 && to > from, `there is no section ${name}`);
  return `${document.slice(0, from + start.length)}\n${text}\n${document.slice(to)}`;
}

test('configuration.schema.json is what the schema says', () => {
  keep('configuration.schema.json', schemaFile);
});

test('CONFIGURATION.md lists every setting and every key that is not honoured', () => {
  keep('CONFIGURATION.md', (before) =>
    section(section(before, 'settings', settingsTable()), 'unsupported', unsupportedTable()),
  );
});
