/**
 * Runs the tests with real clients against the registry:
 *
 *   npm run test:clients
 *   npm run test:clients -- skopeo distribution
 *
 * A test whose client is not there is skipped by name, with the line that installs it.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { run } from 'node:test';
import { summary } from '../test-summary.ts';

const all = globSync(join(import.meta.dirname, '*.test.ts')).sort();
const wanted = process.argv.slice(2);
const files = all.filter((file) => wanted.length === 0 || wanted.includes(basename(file, '.test.ts')));
if (files.length === 0) {
  const names = all.map((file) => basename(file, '.test.ts')).join(', ');
  console.error(`Cannot run "${wanted.join(' ')}": there are ${names}`);
  process.exit(2);
}

run({ files, concurrency: availableParallelism() })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(summary(join(import.meta.dirname, '../..')))
  .pipe(process.stdout);
