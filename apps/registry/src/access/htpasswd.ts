import { readFile } from 'node:fs/promises';
import type { Access, Decision } from '@lading/repository';
import type { HtpasswdSettings } from '../config/configuration.ts';
import type { Log } from '../log/log.ts';
import { StartupError } from '../startup-error.ts';
import { watchFiles } from '../watch-files.ts';
import { parseBasic } from './basic-credentials.ts';
import { bcryptPool } from './bcrypt-pool.ts';
import type { BcryptPool } from './bcrypt-pool.ts';
import { costOf, parseHtpasswd } from './htpasswd-file.ts';
import { passwordChecks } from './password-checks.ts';

export interface HtpasswdOptions extends HtpasswdSettings {
  readonly log: Log;
  /** Compares passwords. Default: threads of its own. */
  readonly pool?: BcryptPool;
  /** Most sign-ins of one address that wait at a time, so that nobody takes all the threads. Default: 16. */
  readonly perAddress?: number;
  /** Milliseconds for which a password that was right is taken without comparing it again. Default: 300000. */
  readonly remembered?: number;
  /** Milliseconds between looks at the file. Default: see `watchFiles`. */
  readonly interval?: number;
}

/** An access rule that holds resources. */
export interface HtpasswdAccess {
  readonly access: Access;
  readonly close: () => Promise<void>;
}

/**
 * Lets in who knows a password of a file, to do everything. The file is read again when it changes; when it cannot be
 * read then, the users of before stay.
 *
 * @throws {StartupError} when the file cannot be read.
 */
export async function htpasswd(options: HtpasswdOptions): Promise<HtpasswdAccess> {
  const { path, realm, log, pool = bcryptPool(), perAddress = 16, remembered = 300_000, interval } = options;
  let users = await readUsers(path, log);
  const challenge: Decision = {
    kind: 'challenge',
    challenge: `Basic realm="${realm.replaceAll(/["\\]/g, '\\$&')}"`,
  };
  const checks = passwordChecks({ pool, perAddress, remembered });

  const watcher = await watchFiles({
    files: [path],
    ...(interval === undefined ? {} : { interval }),
    async onChange() {
      try {
        users = await readUsers(path, log);
        log.info('htpasswd was read again', { path, users: users.size });
      } catch (error) {
        log.error('htpasswd cannot be read; the users of before stay', { path, error });
      }
    },
  });

  return {
    async access({ authorization, remote = '' }) {
      const credentials = parseBasic(authorization);
      if (credentials === undefined) return challenge;
      const { user, password } = credentials;
      const hash = users.get(user);
      const matches = await checks.verify({ user, password, remote }, hash ?? decoy(users));
      return matches && hash !== undefined ? { kind: 'allowed', name: user } : challenge;
    },
    async close() {
      watcher.close();
      await pool.close();
    },
  };
}

/** A hash that no password belongs to, as costly as most: a user who does not exist takes as long as one who does. */
function decoy(users: ReadonlyMap<string, string>): string {
  const counts = new Map<number, number>();
  for (const hash of users.values()) {
    const cost = costOf(hash) ?? 10;
    counts.set(cost, (counts.get(cost) ?? 0) + 1);
  }
  const [usual = 10] = [...counts].sort(([, a], [, b]) => b - a).map(([cost]) => cost);
  return `$2a$${String(usual).padStart(2, '0')}$${'.'.repeat(53)}`;
}

async function readUsers(path: string, log: Log): Promise<ReadonlyMap<string, string>> {
  const { users, problems } = parseHtpasswd(await readText(path));
  const shown = problems.slice(0, 5);
  for (const problem of shown) log.warn(`${path}, ${problem}; the line is ignored`);
  if (problems.length > shown.length)
    log.warn(`${path}: ${problems.length - shown.length} more lines are ignored`);
  if (users.size === 0) log.warn(`${path} has no user; nobody can sign in`);
  return users;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const state =
      code === 'ENOENT'
        ? `there is no such file; make one with "htpasswd -Bc ${path} NAME"`
        : (code ?? 'it cannot be read');
    throw new StartupError(`Cannot read ${JSON.stringify(path)} of auth.htpasswd: ${state}`, { cause });
  }
}
