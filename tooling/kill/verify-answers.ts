/** Asks a registry that was killed and started again for everything it owes. */
import type { HttpClient } from '../peers/http-client.ts';
import { acceptAll, digestOf } from '../peers/push.ts';
import { absent, tagIs } from './ledger.ts';
import type { Entry, Ledger, Violation } from './ledger.ts';
import { referencesOf } from './verify-files.ts';

/** Checks these entries, and every tag. What a tag was found to be is what it must stay. */
export async function verifyAnswers(
  client: HttpClient,
  entries: readonly Entry[],
  ledger: Ledger,
): Promise<readonly Violation[]> {
  const checks = [
    ...entries.map((entry) => () => verifyEntry(client, entry)),
    ...[...ledger.tags].map(
      ([tag, states]) =>
        () =>
          verifyTag(client, ledger, tag, states),
    ),
  ];
  const violations: Violation[] = [];
  const worker = async (): Promise<void> => {
    for (let check = checks.pop(); check !== undefined; check = checks.pop())
      violations.push(...(await check()));
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return violations;
}

async function verifyEntry(client: HttpClient, entry: Entry): Promise<Violation[]> {
  if (entry.kind === 'referrer') return verifyReferrer(client, entry.repository, entry.subject, entry.digest);
  const { kind, repository, digest } = entry;
  const path = `/v2/${repository}/${kind}s/${digest}`;
  const headers = { accept: kind === 'blob' ? '*/*' : acceptAll };
  const answer = await client.send({ method: 'GET', path, headers });
  if (answer.status !== 200) {
    return [
      {
        kind: `lost ${kind}`,
        what: `GET ${path} answered ${answer.status}: ${answer.body.toString().slice(0, 200)}`,
      },
    ];
  }
  const found = digestOf(answer.body, digest.split(':')[0]);
  if (found !== digest)
    return [{ kind: 'wrong bytes', what: `GET ${path} gave ${answer.body.byteLength} bytes of ${found}` }];
  const type = answer.headers['content-type'];
  if (kind === 'manifest' && type !== entry.mediaType) {
    return [{ kind: 'wrong bytes', what: `GET ${path} came as "${type}"` }];
  }
  return [];
}

async function verifyReferrer(
  client: HttpClient,
  repository: string,
  subject: string,
  digest: string,
): Promise<Violation[]> {
  const path = `/v2/${repository}/referrers/${subject}`;
  const { status, body } = await client.send({ method: 'GET', path });
  if (status === 200 && body.includes(digest)) return [];
  return [{ kind: 'lost referrer', what: `GET ${path} answered ${status} without ${digest}` }];
}

async function verifyTag(
  client: HttpClient,
  ledger: Ledger,
  key: string,
  states: ReadonlySet<string>,
): Promise<Violation[]> {
  const [repository = '', tag = ''] = key.split(':');
  const path = `/v2/${repository}/manifests/${tag}`;
  const { status, body } = await client.send({ method: 'GET', path, headers: { accept: acceptAll } });
  const found = status === 404 ? absent : status === 200 ? digestOf(body) : `an answer ${status}`;
  if (!states.has(found)) {
    return [{ kind: 'wrong tag', what: `GET ${path} gave ${found}, expected ${[...states].join(' or ')}` }];
  }
  tagIs(ledger, key, found);
  if (found === absent) return [];

  const violations: Violation[] = [];
  for (const reference of referencesOf(body.toString())) {
    const blob = `/v2/${repository}/blobs/${reference}`;
    const answer = await client.send({ method: 'HEAD', path: blob });
    if (answer.status !== 200) {
      violations.push({ kind: 'missing reference', what: `GET ${path} needs ${blob}: ${answer.status}` });
    }
  }
  return violations;
}
