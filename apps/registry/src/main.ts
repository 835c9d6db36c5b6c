#!/usr/bin/env -S node --max-semi-space-size=2
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// A sync to disk holds a thread of the pool while it waits; with Node's four of them a handful of pushes would hold up
// everybody. Read when the pool is first used, which nobody did yet.
process.env['UV_THREADPOOL_SIZE'] ??= '16';

// The bytes of a push come in chunks outside of V8's heap, whose weight makes it collect the whole heap again and again: a third
// of the time of a large push, and twice the memory. A small young generation lets go of them in time; the first line asks for
// two megabytes, which suit small requests too, and where the program was started without it, it is kept from growing. And the heap may
// grow by more than a tenth between collections, which V8 allows a program that seldom allocates inside of it.
if (!process.execArgv.some((flag) => flag.startsWith('--max-semi-space-size'))) {
  setFlagsFromString('--semi-space-growth-factor=1');
}
setFlagsFromString('--heap-growing-percent=400');

// Halves the time to start. Beside the program, and not where Node would put it: others may write to the directory of
// temporary files, and what lies in this one is run.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compile'));
const { run } = await import('./cli/run.ts');

process.exit(await run(process.argv.slice(2), process.env));
