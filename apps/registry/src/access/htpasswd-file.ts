/** Users with their bcrypt hashes. */
export interface HtpasswdFile {
  /** Hash by user name. */
  readonly users: ReadonlyMap<string, string>;
  /** What is wrong with lines that were left out, each as `line 3: …`. Shows neither names nor hashes. */
  readonly problems: readonly string[];
}

const bcrypt = /^\$2[aby]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}$/;

/** Reads `user:hash` lines; empty ones and comments (`#`) are fine. A line that cannot be used locks its user out. */
export function parseHtpasswd(text: string): HtpasswdFile {
  const users = new Map<string, string>();
  const problems: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const entry = line.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const colon = entry.indexOf(':');
    const [user, hash] = [entry.slice(0, colon), entry.slice(colon + 1)];
    if (colon < 1) problems.push(`line ${index + 1}: "user:hash" is wanted`);
    else if (users.has(user)) problems.push(`line ${index + 1}: the user has a line already`);
    else if (!isBcrypt(hash))
      problems.push(`line ${index + 1}: the hash is not bcrypt; make one with "htpasswd -B"`);
    else users.set(user, hash);
  }
  return { users, problems };
}

function isBcrypt(hash: string): boolean {
  const cost = costOf(hash);
  return cost !== undefined && cost >= 4 && cost <= 31;
}

/** The cost of a bcrypt hash, as the exponent of the number of rounds; `undefined` when it is not bcrypt. */
export function costOf(hash: string): number | undefined {
  const cost = bcrypt.exec(hash)?.groups?.['cost'];
  return cost === undefined ? undefined : Number(cost);
}
