/**
 * Kills the registry with SIGKILL at random moments of many pushes, and checks that nothing it had
 * acknowledged is lost, that no blob has another digest than its name says, and that what is left over
 * lies among the uploads and in the staging directory alone:
 *
 *   npm run test:kill                                     200 times, about two minutes
 *   npm run test:kill -- --iterations 1000 --seed 7
 *   npm run test:kill -- --registry distribution          the peer instead of ours
 *   npm run test:kill -- --self-test-only
 *
 * A seed repeats what is pushed and when the kill is due, though not what the machine does meanwhile.
 * First it tests itself: every damage in damage.ts must be seen. It ends with 1 on any violation.
 *
 * A killed process loses no page of the system's cache, so this says nothing about fsync: that the file
 * driver syncs in the right order is a test of `storage-fs`.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, styleText } from 'node:util';
import { httpClient } from '../peers/http-client.ts';
import { spawnRegistry, startRegistry, toRegistryKind } from '../peers/registries.ts';
import type { Server } from '../peers/server.ts';
import { temporaryDirectory } from '../peers/temporary.ts';
import { damages } from './damage.ts';
import type { Damage } from './damage.ts';
import { emptyLedger } from './ledger.ts';
import type { Ledger, Violation } from './ledger.ts';
import type { PathKind } from './paths.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';
import { verifyAnswers } from './verify-answers.ts';
import { verifyFiles } from './verify-files.ts';
import type { HashedBefore } from './verify-files.ts';
import { startWorkload } from './workload.ts';

const { values: options } = parseArgs({
  options: {
    iterations: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    clients: { type: 'string', default: '4' },
    registry: { type: 'string', default: 'lading' },
    'self-test-only': { type: 'boolean', default: false },
  },
});
const registry = toRegistryKind(options.registry);
const clients = Number(options.clients);
/** A data directory serves this many iterations: the full check at its end stays short. */
const iterationsOfDirectory = 20;

const killedDuring = new Map<string, number>();
const leftovers = new Map<PathKind, number>();
let acknowledged = 0;
let answered = 0;

console.log(`registry ${registry}, seed ${options.seed}, ${clients} clients`);
const random = seededRandom(Number(options.seed));
const blind = await selfTest();
const violations =
  blind.length > 0 || options['self-test-only'] ? [] : await killRepeatedly(Number(options.iterations));
process.exitCode = blind.length + violations.length > 0 ? 1 : 0;

async function killRepeatedly(iterations: number): Promise<readonly Violation[]> {
  const started = performance.now();
  for (let done = 0; done < iterations; done += iterationsOfDirectory) {
    const count = Math.min(iterationsOfDirectory, iterations - done);
    const found = await killOnOneDirectory(random.fork(done), count, done);
    if (found.length > 0) {
      printViolations(found);
      return found;
    }
  }
  printSummary(iterations, (performance.now() - started) / 1000);
  return [];
}

async function killOnOneDirectory(
  choice: Random,
  iterations: number,
  first: number,
): Promise<readonly Violation[]> {
  await using work = await temporaryDirectory('kill');
  const root = join(work.path, 'data');
  const ledger = emptyLedger();
  const hashed: HashedBefore = new Map();
  let checked = 0;

  for (let iteration = 0; iteration < iterations; iteration++) {
    if (choice.chance(0.05)) await killWhileStarting(root, choice);
    const server = await startRegistry(registry, { root });
    const owed = ledger.entries.slice(checked);
    checked = ledger.entries.length;
    const found = [
      ...(await answersOf(server, owed, ledger)),
      ...(await pushAndKill(server, choice.fork(iteration), ledger)),
      ...filesOf(root, hashed),
    ];
    if (found.length > 0) {
      console.error(styleText('red', `\niteration ${first + iteration}`), server.output());
      return found;
    }
    acknowledged += ledger.entries.length - checked;
    if (process.stdout.isTTY) process.stdout.write(`\r${first + iteration + 1} `);
  }

  const server = await startRegistry(registry, { root });
  const found = await answersOf(server, ledger.entries, ledger);
  await server.stop();
  return [...found, ...filesOf(root, new Map(), leftovers)];
}

async function killWhileStarting(root: string, choice: Random): Promise<void> {
  const starting = await spawnRegistry(registry, { root });
  await sleep(choice.integer(20, 300));
  await starting.kill();
  count(killedDuring, 'start');
}

/** Lets the clients push for a random time, then kills; returns what was refused before. */
async function pushAndKill(server: Server, choice: Random, ledger: Ledger): Promise<readonly Violation[]> {
  const workloads = Array.from({ length: clients }, (_, index) =>
    startWorkload({
      origin: server.origin,
      name: `client${index}`,
      random: choice.fork(index),
      ledger,
      everything: registry === 'lading',
    }),
  );
  const early = Promise.race(workloads.map(({ finished }) => finished));
  const stopped = await Promise.race([sleep(choice.integer(5, 350), undefined), early]);
  for (const { phase } of workloads) count(killedDuring, phase());
  const died = server.ended();
  await server.kill();

  const refused = (await Promise.all(workloads.map(({ finished }) => finished))).flat();
  answered += workloads.reduce((sum, workload) => sum + workload.answered(), 0);
  if (died) return [{ kind: 'died', what: `before it was killed: ${server.output()}` }, ...refused];
  if (stopped !== undefined && refused.length === 0) {
    return [{ kind: 'died', what: 'a connection was cut before the registry was killed' }];
  }
  return refused;
}

async function answersOf(
  server: Server,
  owed: Ledger['entries'],
  ledger: Ledger,
): Promise<readonly Violation[]> {
  const client = httpClient(server.origin);
  try {
    return await verifyAnswers(client, owed, ledger);
  } finally {
    client.close();
  }
}

function filesOf(root: string, hashed: HashedBefore, tally?: Map<PathKind, number>): readonly Violation[] {
  const inspection = verifyFiles(registry, root, hashed);
  for (const [kind, files] of inspection.files) tally?.set(kind, (tally.get(kind) ?? 0) + files);
  return inspection.violations;
}

/** Inflicts each damage after a kill; returns those that no check saw. */
async function selfTest(): Promise<readonly Damage[]> {
  const unseen: Damage[] = [];
  for (const [index, damage] of damages.entries()) {
    const seen = await kindsSeenAfter(damage, random.fork(1_000_000 + index));
    const missed = damage.seen.filter((kind) => !seen.has(kind));
    if (missed.length === 0) continue;
    unseen.push(damage);
    console.error(
      `${styleText('red', '✖ self-test')}: ${damage.name}, but no check reported "${missed.join('", "')}"`,
    );
  }
  console.log(`self-test: ${damages.length - unseen.length} of ${damages.length} damages seen`);
  return unseen;
}

async function kindsSeenAfter(damage: Damage, choice: Random): Promise<ReadonlySet<Violation['kind']>> {
  await using work = await temporaryDirectory('kill');
  const root = join(work.path, 'data');
  const ledger = emptyLedger();
  for (let attempt = 0; attempt < 20; attempt++) {
    const server = await startRegistry(registry, { root });
    const refused = await pushAndKill(server, choice.fork(attempt), ledger);
    if (refused.length > 0) throw new Error(`Cannot test the checks: ${JSON.stringify(refused)}`);
    if (!damage.inflict(root, ledger)) continue;

    const files = filesOf(root, new Map());
    await using restarted = await startRegistry(registry, { root });
    const answers = await answersOf(restarted, ledger.entries, ledger);
    return new Set([...files, ...answers].map(({ kind }) => kind));
  }
  throw new Error(`Cannot test the checks: nothing was pushed for "${damage.name}"`);
}

function printViolations(found: readonly Violation[]): void {
  for (const { kind, what } of found.slice(0, 40)) console.error(`${styleText('red', `✖ ${kind}`)}: ${what}`);
  console.error(`${found.length} violations; repeat with --seed ${options.seed}`);
}

function printSummary(iterations: number, seconds: number): void {
  const list = (counts: ReadonlyMap<string, number>): string =>
    [...counts].map(([name, number]) => `${name} ${number}`).join(', ');
  console.log(
    `killed ${iterations} times in ${seconds.toFixed(0)} s; clients were in: ${list(killedDuring)}`,
  );
  console.log(
    `${answered} requests answered, ${acknowledged} blobs, manifests and referrers owed: all there`,
  );
  console.log(`files at the end of each directory: ${list(leftovers)}; no strays`);
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
