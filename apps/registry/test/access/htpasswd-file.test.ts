import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costOf, parseHtpasswd } from '../../src/access/htpasswd-file.ts';

const hash = '$2y$05$................................................abcde'
  .replace('abcde', 'a'.repeat(5))
  .slice(0, 60);

test('parseHtpasswd takes bcrypt in its three spellings, and nothing else', () => {
  const text = `\uFEFF# users
ann:${hash}

bob:${hash.replace('$2y', '$2a')}\r
  eve:${hash.replace('$2y', '$2b')}
dan:$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/
nobody
:${hash}
ann:${hash}
plain:secret
short:${hash.slice(0, -1)}
cheap:${hash.replace('$05$', '$03$')}
`;
  const { users, problems } = parseHtpasswd(text);
  assert.deepEqual([...users.keys()], ['ann', 'bob', 'eve']);
  assert.deepEqual(problems, [
    'line 6: the hash is not bcrypt; make one with "htpasswd -B"',
    'line 7: "user:hash" is wanted',
    'line 8: "user:hash" is wanted',
    'line 9: the user has a line already',
    'line 10: the hash is not bcrypt; make one with "htpasswd -B"',
    'line 11: the hash is not bcrypt; make one with "htpasswd -B"',
    'line 12: the hash is not bcrypt; make one with "htpasswd -B"',
  ]);
});

test('costOf reads the cost of a hash', () => {
  assert.equal(hash.length, 60);
  assert.equal(costOf(hash), 5);
  assert.equal(costOf('secret'), undefined);
});
