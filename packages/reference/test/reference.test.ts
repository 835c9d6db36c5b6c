import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { formatReference, isName, isTag, parseReference } from '../src/index.ts';

const digest = `sha256:${'0'.repeat(64)}`;

suite('parseReference', () => {
  const table: ReadonlyArray<readonly [string, ReturnType<typeof parseReference>]> = [
    ['alpine', { registry: 'docker.io', repository: 'library/alpine' }],
    ['alpine:3.20', { registry: 'docker.io', repository: 'library/alpine', tag: '3.20' }],
    ['grafana/loki', { registry: 'docker.io', repository: 'grafana/loki' }],
    ['docker.io/alpine', { registry: 'docker.io', repository: 'library/alpine' }],
    ['index.docker.io/alpine', { registry: 'docker.io', repository: 'library/alpine' }],
    ['localhost/app', { registry: 'localhost', repository: 'app' }],
    ['localhost:5000/app:v1', { registry: 'localhost:5000', repository: 'app', tag: 'v1' }],
    ['registry.example/team/app', { registry: 'registry.example', repository: 'team/app' }],
    ['[::1]:5000/app', { registry: '[::1]:5000', repository: 'app' }],
    ['Host/app', { registry: 'Host', repository: 'app' }],
    [`ghcr.io/a/b@${digest}`, { registry: 'ghcr.io', repository: 'a/b', digest }],
    [`ghcr.io/a/b:v1@${digest}`, { registry: 'ghcr.io', repository: 'a/b', tag: 'v1', digest }],
  ];
  for (const [text, expected] of table)
    test(`reads ${text}`, () => assert.deepEqual(parseReference(text), expected));

  const wrong = {
    nothing: '',
    'no repository': 'registry.example/',
    'a capital in the name': 'registry.example/Team/app',
    'an empty tag': 'alpine:',
    'a malformed tag': 'alpine:.hidden',
    'a malformed digest': 'alpine@sha256',
    'two digests': `alpine@${digest}@${digest}`,
    'a scheme': 'https://registry.example/app',
    'a malformed host': '-registry.example/app',
    'a malformed port': 'registry.example:port/app',
    spaces: ' alpine ',
  };
  for (const [what, text] of Object.entries(wrong)) {
    test(`refuses ${what}, and says why`, () =>
      assert.throws(() => parseReference(text), /^SyntaxError: Cannot parse reference ".*": it/));
  }

  test('throws a SyntaxError or nothing, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', 'A', '.', ':', '/', '@', '-') })),
        (text) => {
          try {
            const { registry, repository, tag } = parseReference(text);
            assert.ok(registry !== '' && isName(repository) && (tag === undefined || isTag(tag)));
          } catch (error) {
            assert.ok(error instanceof SyntaxError, String(error));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

suite('formatReference', () => {
  test('writes what parseReference reads back', () => {
    const references = fc.record(
      {
        registry: fc.constantFrom(
          'docker.io',
          'localhost',
          'localhost:5000',
          'registry.example:443',
          '[::1]',
        ),
        repository: fc.constantFrom('library/alpine', 'a/b/c', 'team/app-1'),
        tag: fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/),
        digest: fc.constant(digest),
      },
      { requiredKeys: ['registry', 'repository'] },
    );
    fc.assert(
      fc.property(references, (reference) => {
        assert.deepEqual(parseReference(formatReference(reference)), { ...reference });
      }),
    );
  });
});
