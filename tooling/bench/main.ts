/**
 * Measures the registry against CNCF Distribution, both on files, the same work row by row:
 *
 *   npm run bench                            five minutes, three rounds
 *   npm run bench -- --quick                 one short round: a look, not a result
 *   npm run bench -- --rows push,pull --rounds 5
 *   npm run bench -- --write                 puts the table into bench/README.md
 *
 * Both run side by side, and each row is measured on one and then at once on the other, the order
 * turning with every round: a machine that slows down slows both. Figures are medians over the rounds.
 * It ends with 1 when a target is missed.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureGrowth } from '../memory/growth.ts';
import { processMemory } from '../peers/process-memory.ts';
import { exitWithout, requireProgram } from '../peers/programs.ts';
import { startRegistry } from '../peers/registries.ts';
import type { RegistryKind } from '../peers/registries.ts';
import { temporaryDirectory } from '../peers/temporary.ts';
import { mebibyte, pushContent } from './content.ts';
import type { Content } from './content.ts';
import { describeMachine, figure, judge, replaceBetweenMarkers, toTable } from './report.ts';
import type { Result } from './report.ts';
import { rows } from './rows.ts';
import type { Effort, Row, Subject, Target } from './rows.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    directory: { type: 'string' },
  },
});

/** Measured around the rows: what the process needs, and how soon it is there. */
const around = {
  start: { work: 'start to first answer', unit: 's', target: { kind: 'under', limit: 0.4 } },
  peak: {
    work: 'resident memory over all this, at most',
    unit: 'MiB',
    target: { kind: 'at most', ratio: 2.5 },
  },
  resident: { work: 'resident memory after it', unit: 'MiB', target: { kind: 'at most', ratio: 2.5 } },
  growth: {
    work: 'memory growth: a blob of 10 GiB in and out',
    unit: 'MiB',
    target: { kind: 'under', limit: 64 },
  },
} as const satisfies Readonly<Record<string, { work: string; unit: string; target: Target }>>;

const kinds: readonly RegistryKind[] = ['distribution', 'lading'];
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
const effort: Effort = options.quick ? { seconds: 1, large: 128 } : { seconds: 4, large: 512 };
const wanted = options.rows?.split(',');
const figures = new Map<string, Record<RegistryKind, number[]>>();
refuseWhatCannotBe();
exitWithout('registry', 'wrk');

await using work = await temporaryDirectory('bench', options.directory);
const rootOf = (kind: RegistryKind): string => join(work.path, kind);
const contents = await pushAllContent();
for (let round = 1; round <= rounds; round++) await measureRound(round);
if (isWanted('growth') && !options.quick) await measureGrowthOfOurs();

const results = resultsInOrder();
const table = `${mode()}\n\n${toTable(results)}`;
console.log(`\n${table}`);
if (options.write) await writeTable();
process.exitCode = results.every((result) => judge(result).met) ? 0 : 1;

async function pushAllContent(): Promise<Record<RegistryKind, Content>> {
  const contentOf = async (kind: RegistryKind): Promise<Content> => {
    await using server = await startRegistry(kind, { root: rootOf(kind) });
    return await pushContent(server.origin);
  };
  return { distribution: await contentOf('distribution'), lading: await contentOf('lading') };
}

async function measureRound(round: number): Promise<void> {
  console.log(`round ${round} of ${rounds}`);
  const order = round % 2 === 1 ? kinds : kinds.toReversed();
  const [first, second] = [await startSubject('distribution'), await startSubject('lading')];
  const subjects: Record<RegistryKind, Subject> = { distribution: first, lading: second };
  try {
    for (const row of rows.filter(({ id }) => isWanted(id))) {
      for (const kind of order) record(row.id, kind, await measureRow(row, subjects[kind]));
      printRow(row.id, row.work, row.unit);
    }
    for (const kind of kinds) {
      const { peak, now } = processMemory(subjects[kind].server.pid);
      record('peak', kind, peak / mebibyte);
      record('resident', kind, now / mebibyte);
    }
  } finally {
    for (const { server } of Object.values(subjects)) await server.stop();
  }
}

async function startSubject(kind: RegistryKind): Promise<Subject> {
  const server = await startRegistry(kind, { root: rootOf(kind) });
  record('start', kind, server.firstAnswer / 1000);
  return { server, content: contents[kind] };
}

async function measureRow(row: Row, subject: Subject): Promise<number> {
  // What the row before left in the page cache is not this row's work.
  execFileSync('sync');
  return row.measure(subject, effort);
}

async function measureGrowthOfOurs(): Promise<void> {
  await using directory = await temporaryDirectory('growth', options.directory);
  await using server = await startRegistry('lading', { root: join(directory.path, 'data') });
  const { idle, push, pull } = await measureGrowth({ server, size: 10 * 1024 * mebibyte, mode: 'stream' });
  record('growth', 'lading', (Math.max(push, pull) - idle) / mebibyte);
}

function record(id: string, kind: RegistryKind, value: number): void {
  const row = figures.get(id) ?? { distribution: [], lading: [] };
  row[kind].push(value);
  figures.set(id, row);
}

function printRow(id: string, title: string, unit: string): void {
  const [peer, ours] = kinds.map((kind) => figures.get(id)?.[kind].at(-1) ?? Number.NaN);
  if (peer === undefined || ours === undefined) return;
  console.log(`  ${title}: ${figure(peer, unit)}, ours ${figure(ours, unit)}, ${(ours / peer).toFixed(2)}×`);
}

function resultsInOrder(): readonly Result[] {
  const titled = [...rows.map((row) => [row.id, row] as const), ...Object.entries(around)];
  return titled.flatMap(([id, { work: title, unit, target }]) => {
    const found = figures.get(id);
    return found === undefined || !isWanted(id) ? [] : [{ work: title, unit, target, figures: found }];
  });
}

function isWanted(id: string): boolean {
  return wanted === undefined || wanted.includes(id);
}

function mode(): string {
  const peer = execFileSync(requireProgram('registry'), ['--version'], { encoding: 'utf8' })
    .split(' ')
    .at(-1)
    ?.replace(/\+.*/s, '');
  return [
    `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}; load generators on the same cores.`,
    `Distribution ${peer}, and ours on Node ${process.version}, one process each; files on the same disk;`,
    'blob descriptor cache in memory, deletes enabled, no authentication, access log off, no tracing;',
    `sixteen connections for requests by the second, a large blob is of ${effort.large} MiB, medians of ${rounds} rounds${options.quick ? ', and short ones: no result' : ''}.`,
  ].join('\n');
}

async function writeTable(): Promise<void> {
  const file = join(import.meta.dirname, '../../bench/README.md');
  await writeFile(file, replaceBetweenMarkers(await readFile(file, 'utf8'), table));
  console.log('written to bench/README.md');
}

function refuseWhatCannotBe(): void {
  const known = [...rows.map(({ id }) => id), ...Object.keys(around)];
  const unknown = wanted?.filter((id) => !known.includes(id)) ?? [];
  if (unknown.length > 0) fail(`Cannot measure "${unknown.join(',')}": the rows are ${known.join(', ')}`);
  if (options.write && (options.quick || wanted !== undefined || rounds < 3)) {
    fail('Cannot write the table: it takes every row, three rounds or more, and no --quick');
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
