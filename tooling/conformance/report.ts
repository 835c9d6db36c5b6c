/** What the conformance program reports of one run, read from its `junit.xml`. */

export type Outcome = 'pass' | 'skip' | 'disabled' | 'fail' | 'error';

export interface Case {
  readonly name: string;
  readonly outcome: Outcome;
  /** Why it failed or was not run; empty for a pass. */
  readonly reason: string;
  /** Its requests in order, each as `METHOD URL → status`. */
  readonly exchanges: readonly string[];
}

export interface Report {
  /** As counted by the program itself: it also counts failures of a group of cases, which name no case. */
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly cases: readonly Case[];
}

/** Reads a `junit.xml`. */
export function parseReport(xml: string): Report {
  const suite = attributes(/<testsuites([^>]*)>/.exec(xml)?.[1] ?? '');
  const count = (name: string): number => Number(suite.get(name) ?? 0);
  const [skip, disabled, fail, error] = [
    count('skipped'),
    count('disabled'),
    count('failures'),
    count('errors'),
  ];
  const counts = { pass: count('tests') - skip - disabled - fail - error, skip, disabled, fail, error };

  const cases = [...xml.matchAll(/<testcase([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)].map(
    ([, head = '', body = '']) => toCase(attributes(head), body),
  );
  return { counts, cases };
}

function toCase(head: ReadonlyMap<string, string>, body: string): Case {
  const output = element(body, 'system-out');
  const log = element(body, 'system-err');
  const outcome = toOutcome(head.get('status') ?? '', log);
  const skipped = /skipping test:\n([^]*)$/.exec(log)?.[1]?.trim() ?? '';
  return {
    name: shortName(head.get('name') ?? ''),
    outcome,
    reason: output || skipped,
    exchanges: exchanges(log),
  };
}

/** JUnit has one word for a case the registry does not support and one that the settings turn off. */
function toOutcome(status: string, log: string): Outcome {
  if (status === 'passed') return 'pass';
  if (status === 'failure') return 'fail';
  if (status !== 'skipped') return 'error';
  return / is disabled in the configuration\s*$/.test(log) ? 'disabled' : 'skip';
}

function exchanges(log: string): string[] {
  const found = log.matchAll(/^Method: (\S+)\nURL: (\S+)$(?:(?!^Method: )[^])*?^Status: (\d+)$/gm);
  return [...found].map(
    ([, method, url = '', status]) => `${method} ${url.replace(/^https?:\/\/[^/]+/, '')} → ${status}`,
  );
}

function shortName(name: string): string {
  return name.replace(/^OCI Conformance Test\//, '');
}

function attributes(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, unescape(value)]),
  );
}

function element(text: string, name: string): string {
  return unescape(new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '');
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return entities[name ?? ''] ?? whole;
    },
  );
}
