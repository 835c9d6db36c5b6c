import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { formatter } from '../../src/log/format.ts';
import { createLogWriter } from '../../src/log/log-writer.ts';
import { createLog } from '../../src/log/log.ts';
import type { Log } from '../../src/log/log.ts';
import { requestIds } from '../../src/log/request-id.ts';
import { temporaryDirectory } from '../program.ts';

type Kind = 'text' | 'json' | 'logstash' | undefined;

function logOf(kind: Kind, terminal: boolean, fields = {}): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const settings = { fields, ...(kind === undefined ? {} : { formatter: kind }) };
  const log = createLog({
    format: formatter(settings, terminal),
    write: (text) => lines.push(text),
    now: () => 1_700_000_000_123,
    level: 'info',
  });
  return { log, lines };
}

test('createLog leaves out what is less important', () => {
  const { log, lines } = logOf('json', false);
  log.debug('no');
  log.info('yes');
  assert.equal(lines.length, 1);
});

test('formatter makes JSON where nobody looks, with the causes of errors', () => {
  const { log, lines } = logOf(undefined, false, { environment: 'test' });
  const error = Object.assign(new Error('outer', { cause: new TypeError('inner') }), { code: 'EIO' });
  log.error('it failed', { path: '/v2/', error, nothing: undefined });
  const line = JSON.parse(lines[0] ?? '') as Record<string, unknown> & { error: Record<string, unknown> };
  assert.equal(lines[0]?.split('\n').length, 2, 'one line with its end');
  const { error: told, ...rest } = line;
  assert.deepEqual(rest, {
    time: '2023-11-14T22:13:20.123Z',
    level: 'error',
    message: 'it failed',
    environment: 'test',
    path: '/v2/',
  });
  assert.equal(told['message'], 'outer');
  assert.equal(told['code'], 'EIO');
  assert.equal((told['cause'] as { message: string }).message, 'inner');
});

test('formatter makes what Logstash expects', () => {
  const { log, lines } = logOf('logstash', true);
  log.info('hello', { a: 1 });
  assert.equal(
    lines[0],
    '{"@timestamp":"2023-11-14T22:13:20.123Z","@version":"1","level":"info","message":"hello","a":1}\n',
  );
});

test('formatter makes pretty lines for people, in colour on a terminal', () => {
  const { log, lines } = logOf(undefined, true);
  log.warn('hello', { path: '/v2/', words: 'two words', n: 3, none: undefined });
  assert.equal(
    stripVTControlCharacters(lines[0] ?? ''),
    '22:13:20.123 warn  hello path=/v2/ words="two words" n=3\n',
  );
  assert.notEqual(stripVTControlCharacters(lines[0] ?? ''), lines[0]);
  const plain = logOf('text', false);
  plain.log.warn('hello');
  assert.equal(plain.lines[0], '22:13:20.123 warn  hello\n');
});

test('no request can forge a line or steer a terminal', () => {
  for (const kind of ['text', 'json', 'logstash'] as const) {
    const { log, lines } = logOf(kind, false);
    log.info('GET /\n22:00 error  boo\u001b[2J', { agent: 'x\ny\u001b[31m' });
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    assert.match(lines[0] ?? '', /^[^\u0000-\u001f]+\n$/, kind);
  }
});

test('createLogWriter writes everything in order', async (t) => {
  const file = join(await temporaryDirectory(t), 'log');
  const stream = createWriteStream(file, { flags: 'a' });
  await once(stream, 'open');
  const { fd } = stream as unknown as { fd: number };
  const writer = createLogWriter({ stream: Object.assign(stream, { fd }), delay: 1 });
  const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index}\n`);
  for (const [index, line] of lines.entries()) {
    writer.write(line);
    if (index % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await writer.drain();
  writer.write('last\n');
  writer.flush();
  assert.equal(readFileSync(file, 'utf8'), `${lines.join('')}last\n`);
  stream.destroy();
});

/** A process that writes a long log in short turns and tells how long the longest turn took. */
const chatterbox = `
  import { createLogWriter } from ${JSON.stringify(join(import.meta.dirname, '../../src/log/log-writer.ts'))};
  const writer = createLogWriter({ delay: 1, limit: 100_000 });
  process.on('exit', writer.flush);
  const line = 'x'.repeat(999) + '\\n';
  let longest = 0;
  for (let index = 0; index < 2000; index++) {
    const before = performance.now();
    writer.write(line);
    await new Promise(setImmediate);
    longest = Math.max(longest, performance.now() - before);
  }
  process.stderr.write(longest + '\\n');
  await writer.drain();
  process.exit(0);
`;

test('createLogWriter drops and counts what a slow reader does not take, and holds nobody up', async (t) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', chatterbox], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [longest] = (await once(child.stderr.setEncoding('utf8'), 'data')) as [string];
  assert.ok(Number(longest) < 1000, `a line took ${longest} ms`);
  // Only now somebody reads.
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  await once(child, 'close');
  const kept = output.split('\n').filter((line) => line.startsWith('x')).length;
  const counts = output.split('\n').filter((line) => line.startsWith('{'));
  const dropped = counts.reduce((sum, line) => sum + (JSON.parse(line) as { count: number }).count, 0);
  assert.equal(kept + dropped, 2000);
  assert.ok(dropped > 0);
});

test('createLogWriter does not keep a process from ending when nobody reads', async (t) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', chatterbox], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [status] = (await once(child, 'exit')) as [number | null];
  assert.equal(status, 0);
});

test('requestIds takes a sane id and makes another of any other', () => {
  const requestId = requestIds();
  assert.equal(requestId('4bf92f35-77b3.4da6:1'), '4bf92f35-77b3.4da6:1');
  const made = [undefined, '', 'a b', 'a\nb', 'x'.repeat(129), '"'].map((given) => requestId(given));
  assert.equal(new Set(made).size, made.length);
  for (const id of made) assert.match(id, /^[0-9a-f]{16}-\w+$/);
});
