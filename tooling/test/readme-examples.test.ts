// Every TypeScript example in a package's README runs, from inside the package, and asserts what it shows.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { packages } from '../workspace.ts';

const run = promisify(execFile);

for (const { name, directory } of packages(join(import.meta.dirname, '../..'))) {
  const file = join(directory, 'README.md');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const examples = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
  for (const [index, code] of examples.entries()) {
    test(`README of ${name}: example ${index + 1} runs`, { timeout: 30_000 }, async () => {
      await run(process.execPath, ['--input-type=module-typescript', '--eval', code], { cwd: directory });
    });
  }
}
