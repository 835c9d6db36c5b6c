import { createHmac, randomBytes } from 'node:crypto';
import { RegistryError } from '@lading/errors';
import type { BasicCredentials } from './basic-credentials.ts';
import type { BcryptPool } from './bcrypt-pool.ts';

/** Somebody tries to sign in. */
interface Attempt extends BasicCredentials {
  /** Network address. */
  readonly remote: string;
}

export interface PasswordChecksOptions {
  readonly pool: BcryptPool;
  /** Most comparisons for one address that wait at a time. */
  readonly perAddress: number;
  /** Milliseconds for which a password that was right is taken without comparing it again. */
  readonly remembered: number;
}

export interface PasswordChecks {
  /**
   * Whether the password of an attempt belongs to a hash.
   *
   * @throws {RegistryError} TOOMANYREQUESTS when too many wait already.
   */
  readonly verify: (attempt: Attempt, hash: string) => Promise<boolean>;
}

/** Comparisons, none of them done twice: those that were right are remembered for a while, those under way are joined. */
export function passwordChecks({ pool, perAddress, remembered }: PasswordChecksOptions): PasswordChecks {
  // Passwords are kept only as an HMAC under a key that never leaves this process. The hash is a part of it, so
  // that a new password in the file makes the old one wrong at once.
  const secret = randomBytes(32);
  const right = expiringSet(10_000, remembered);
  const underWay = new Map<string, Promise<boolean>>();
  const waiting = new Map<string, number>();

  const compare = async (key: string, { password, remote }: Attempt, hash: string): Promise<boolean> => {
    const count = waiting.get(remote) ?? 0;
    if (count >= perAddress) {
      throw new RegistryError('TOOMANYREQUESTS', { message: 'too many sign-ins at once', retryAfter: 5 });
    }
    waiting.set(remote, count + 1);
    try {
      const matches = await pool.verify(password, hash);
      if (matches) right.add(key);
      return matches;
    } finally {
      const left = (waiting.get(remote) ?? 1) - 1;
      if (left > 0) waiting.set(remote, left);
      else waiting.delete(remote);
    }
  };

  return {
    verify(attempt, hash) {
      const key = createHmac('sha256', secret)
        .update(JSON.stringify([attempt.user, hash, attempt.password]))
        .digest('base64');
      if (right.has(key)) return Promise.resolve(true);
      const same = underWay.get(key);
      if (same !== undefined) return same;
      const check = compare(key, attempt, hash).finally(() => underWay.delete(key));
      underWay.set(key, check);
      return check;
    },
  };
}

/** A set that forgets what was added longest ago, and after a while everything. */
function expiringSet(
  max: number,
  milliseconds: number,
): { readonly add: (key: string) => void; readonly has: (key: string) => boolean } {
  const expiries = new Map<string, number>();
  return {
    has: (key) => (expiries.get(key) ?? 0) > performance.now(),
    add(key) {
      expiries.delete(key);
      expiries.set(key, performance.now() + milliseconds);
      const [oldest] = expiries.keys();
      if (expiries.size > max && oldest !== undefined) expiries.delete(oldest);
    },
  };
}
