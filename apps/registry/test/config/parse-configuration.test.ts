import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaults } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { parse } from './parse.ts';

const open =
  '"http.addr" can be reached by others, and nobody is asked for a password: set "auth.htpasswd", listen on 127.0.0.1, or write "auth: none" if that is meant';

/** Configurations that cannot be used, and everything that is said about them. */
const problems: readonly (readonly [text: string, ...messages: string[]])[] = [
  [
    'version: 0.1\nstorage:\n  filesystm:\n    rootdirectory: /x',
    '3:3: unknown key "storage.filesystm"; did you mean "filesystem"?',
  ],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  adr: :5000',
    '4:3: unknown key "http.adr"; did you mean "addr"?',
  ],
  [
    'version: 0.1\nstorage: inmemory\nfancy: 1',
    '3:1: unknown key "fancy"; known here: version, log, storage, auth, http, catalog, tags, validation',
  ],
  [
    'version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: /x\n  inmemory:',
    '5:3: "storage.inmemory" is one too many beside "storage.filesystem"; keep one of them',
  ],
  [
    'version: 0.1\nstorage: {delete: {enabled: true}}',
    '2:10: "storage" must hold one of filesystem, inmemory, module',
  ],
  [
    'version: 0.1',
    '1:1: "storage" is missing; it must be a map such as {"filesystem":{"rootdirectory":"/var/lib/registry"}}',
  ],
  [
    'version: 0.1\nstorage: [inmemory]',
    '2:10: "storage" must be a map such as {"filesystem":{"rootdirectory":"/var/lib/registry"}}, not a list',
  ],
  [
    'version: 0.1\nstorage: {inmemory: , options: {a: 1}}',
    '2:32: "storage.options" is only for a driver named by "storage.module"',
  ],
  [
    'version: 0.1\nstorage: {filesystem: {rootdirectory: [a]}}',
    '2:39: "storage.filesystem.rootdirectory" must be text such as /var/lib/registry, not a list',
  ],
  [
    'version: 0.1\nstorage: {inmemory: , delete: {enabled: maybe}}',
    '2:41: "storage.delete.enabled" must be true or false, not text',
  ],
  [
    'version: 0.1\nstorage: {inmemory: , cache: {blobdescriptor: redis}}',
    '2:47: "storage.cache.blobdescriptor" must be one of inmemory, none, not "redis"',
  ],
  [
    'version: 0.1\nstorage: {inmemory: , maintenance: {uploadpurging: {age: 7d}}}',
    '2:58: "storage.maintenance.uploadpurging.age" must be a duration such as 168h',
  ],
  [
    'version: 0.1\nstorage: {inmemory: , maintenance: {uploadpurging: {interval: 0}}}',
    '2:63: "storage.maintenance.uploadpurging.interval" must be longer than 0',
  ],
  ['storage: inmemory', '1:1: "version" is missing; it must be 0.1'],
  ['version: 0.2\nstorage: inmemory', '1:10: "version" must be 0.1, not 0.2'],
  [
    'version: 0.1\nstorage: inmemory\nlog:\n  level: verbose',
    '4:10: "log.level" must be one of error, warn, info, debug, not "verbose"',
  ],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  addr: 5000',
    '4:9: "http.addr" must be host:port such as 127.0.0.1:5000',
  ],
  ['version: 0.1\nstorage: inmemory\nhttp:\n  addr: :5000', `4:9: ${open}`],
  ['version: 0.1\nstorage: inmemory\nhttp:\n  addr: 10.0.0.1:5000', `4:9: ${open}`],
  ['version: 0.1\nstorage: inmemory\nhttp:\n  addr: registry.example.com:5000', `4:9: ${open}`],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  host: registry.example.com',
    '4:9: "http.host" must be a URL such as https://registry.example.com',
  ],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  prefix: registry',
    '4:11: "http.prefix" must be a path that begins with a slash',
  ],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  draintimeout: 60',
    '4:17: "http.draintimeout" must be a duration such as 30s',
  ],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  secret: {a: b}',
    '4:11: "http.secret" must be text or a list, not a map',
  ],
  ['version: 0.1\nstorage: inmemory\nhttp:\n  secret: []', '4:11: "http.secret" must not be empty'],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  trustedproxies: [10.0.0.0/33]',
    '4:20: "http.trustedproxies[0]" must be an address or a network such as 10.0.0.0/8',
  ],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  headers: {"a b": c}',
    '4:20: "http.headers.a b" is not the name of a header',
  ],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  headers: {Location: c}',
    '4:23: "http.headers.Location" cannot be set',
  ],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  headers: {A: "b\\nc"}',
    '4:16: "http.headers.A" must not hold control characters',
  ],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  tls:\n    certificate: c.pem',
    '5:5: "http.tls.key" is missing; it must be text such as /etc/registry/tls.key',
  ],
  [
    'version: 0.1\nstorage: inmemory\nhttp:\n  tls: {certificate: a, key: b, minimumtls: ssl3}',
    '4:45: "http.tls.minimumtls" must be one of tls1.2, tls1.3, not "ssl3"',
  ],
  [
    'version: 0.1\nstorage: inmemory\nauth:\n  htpasswd:\n    realm: r',
    '5:5: "auth.htpasswd.path" is missing; it must be text such as /etc/registry/htpasswd',
  ],
  [
    'version: 0.1\nstorage: inmemory\nauth:\n  htpasswd: {realm: r, path: p}\n  none:',
    '5:3: "auth.none" is one too many beside "auth.htpasswd"; keep one of them',
  ],
  [
    'version: 0.1\nstorage: inmemory\nauth: nobody',
    '3:1: unknown key "auth.nobody"; known here: none, htpasswd',
  ],
  [
    'version: 0.1\nstorage: inmemory\ncatalog: {maxentries: 0}\ntags: {maxtags: x}',
    '3:23: "catalog.maxentries" must be at least 1',
    '4:17: "tags.maxtags" must be a number such as 1000, not text',
  ],
  [
    'version: 0.1\nstorage: inmemory\nvalidation: {manifests: {indexes: {platforms: list}}}',
    '3:47: "validation.manifests.indexes.platforms" must be one of all, none, not "list"',
  ],
  [
    '',
    '1:1: "version" is missing; it must be 0.1',
    '1:1: "storage" is missing; it must be a map such as {"filesystem":{"rootdirectory":"/var/lib/registry"}}',
  ],
  ['- a', '1:1: a map of settings is wanted, such as "version: 0.1"'],
  ['a: b: c', '1:4: nested mappings are not allowed in compact mappings'],
  ['a: 1\na: 2', '2:1: map keys must be unique'],
  ['a: 1\n---\nb: 2', '2:1: there is a second document; write one only'],
  ['a: *b', '1:4: there is no anchor "&b"'],
  ['a: &b {c: *b}', '1:11: the settings lie too deep'],
  ['[a, b]: c', '1:1: a key must be text'],
  ['__proto__: {auth: none}', '1:1: unknown key "__proto__"'],
];

for (const [text, ...messages] of problems) {
  test(`parseConfiguration refuses ${JSON.stringify(text)}`, () => {
    const found = parse(text).problems;
    assert.deepEqual(
      found,
      messages.map((message) => `config.yml:${message}`),
    );
  });
}

/** What Distribution does not honour in the same way is told, and so is what only costs comfort. */
const warnings: readonly (readonly [text: string, ...messages: string[]])[] = [
  ['loglevel: debug', '3:1: "loglevel" is deprecated; write "log.level"'],
  ['log: {hooks: [{type: mail}]}', '3:7: "log.hooks" has no effect: no mail is sent'],
  ['log: {hooks: [{type: mail, disabled: true}]}'],
  ['log: {hooks: }'],
  [
    'health: {storagedriver: {enabled: true}}',
    '3:1: "health" has no effect: ask /livez and /readyz, which are always there',
  ],
  ['health: {storagedriver: {enabled: false}}'],
  ['http: {debug: {addr: ":5001"}}', '3:8: "http.debug" has no effect: there is no debug server'],
  ['http: {h2c: {enabled: false}}'],
  ['middleware: {storage: []}'],
  ['proxy: {remoteurl: ""}'],
  [
    'http: {secret: short}',
    '3:16: "http.secret" is short enough to be guessed; write 16 random characters or more',
  ],
];

for (const [text, ...messages] of warnings) {
  test(`parseConfiguration warns of ${JSON.stringify(text)}`, () => {
    const found = parse(`version: 0.1\nstorage: inmemory\n${text}`);
    assert.deepEqual(found.problems, []);
    assert.deepEqual(
      found.warnings,
      messages.map((message) => `config.yml:${message}`),
    );
  });
}

test('parseConfiguration gives the defaults when nothing is set', () => {
  const { storage, ...rest } =
    parse('version: 0.1\nstorage: {filesystem: {rootdirectory: ./data}, delete: {enabled: true}}')
      .configuration ?? {};
  const { storage: first, ...others } = defaults;
  assert.deepEqual({ storage, ...rest }, { storage: first, ...others });
  assert.deepEqual(parse(undefined).configuration, defaults);
});

test('parseConfiguration reads values as Distribution does', () => {
  const { configuration } = parse(`
version: "0.1"
log: {level: INFO, accesslog: {disabled: yes}, fields: {service: registry}}
storage: {filesystem: , delete: {enabled: on}, maintenance: {uploadpurging: {age: 1h30m, interval: 1.5h}}}
http: {secret: 0123456789012345, headers: {X-A: [b, c], X-D: e}}
validation: {manifests: {indexes: {platforms: None}}}`);
  assert.equal(configuration?.log.level, 'info');
  assert.equal(configuration.log.accesslog.disabled, true);
  assert.deepEqual(configuration.storage.filesystem, { rootdirectory: '/var/lib/registry', disk: 'local' });
  assert.equal(configuration.storage.delete.enabled, true);
  assert.equal(configuration.storage.maintenance.uploadpurging.age, 5_400_000);
  assert.equal(configuration.storage.maintenance.uploadpurging.interval, 5_400_000);
  assert.deepEqual(configuration.http.secret, ['0123456789012345']);
  assert.deepEqual(configuration.http.headers, { 'X-A': ['b', 'c'], 'X-D': ['e'] });
  assert.equal(configuration.validation.manifests.indexes.platforms, 'none');
});

test('parseConfiguration follows anchors and merge keys', () => {
  const { configuration } = parse(
    'version: 0.1\nx: &log {level: warn}\n'.replace('x:', 'log:') +
      'storage: inmemory\nhttp: {headers: {<<: {X-A: b}, X-C: d}}',
  );
  assert.equal(configuration?.log.level, 'warn');
  assert.deepEqual(configuration.http.headers, { 'X-A': ['b'], 'X-C': ['d'] });
});

test('parseConfiguration lets anybody in only when that is said, or nobody else can come', () => {
  const at = (http: string, auth = ''): readonly string[] =>
    parse(`version: 0.1\nstorage: inmemory\nhttp: ${http}\n${auth}`).problems;
  assert.deepEqual(at('{addr: ":5000"}', 'auth: none'), []);
  assert.deepEqual(at('{addr: ":5000"}', 'auth: {none: }'), []);
  assert.deepEqual(at('{addr: ":5000"}', 'auth: {htpasswd: {realm: r, path: p}}'), []);
  assert.deepEqual(at('{addr: "localhost:5000"}'), []);
  assert.deepEqual(at('{addr: "[::1]:5000"}'), []);
  assert.deepEqual(at('{addr: 127.1.2.3:0}'), []);
  assert.deepEqual(at('{addr: /run/registry.sock, net: unix}'), []);
  assert.equal(at('{addr: "[::]:5000"}').length, 1);
  assert.equal(at('{addr: "0.0.0.0:5000"}').length, 1);
  assert.equal(at('{addr: ":5000"}', 'auth:').length, 1);
});

test('parseConfiguration takes an object in place of a file', () => {
  const settings = { version: '0.1', storage: 'inmemory', http: { addr: '127.0.0.1:0' } };
  const { configuration } = parseConfiguration({ settings, variables: [] });
  assert.deepEqual(configuration.storage.inmemory, {});
  assert.equal(settings.storage, 'inmemory', 'what was given stays as it is');
  const wrong = (given: unknown): unknown => parseConfiguration({ settings: given, variables: [] });
  assert.throws(() => wrong({ storage: 'inmemory' }), { message: '"version" is missing; it must be 0.1' });
  assert.throws(() => wrong({ version: '0.1', storage: 'inmemroy' }), {
    message: 'unknown key "storage.inmemroy"; did you mean "inmemory"?',
  });
  assert.throws(() => wrong([]), { name: 'ConfigurationError' });
});
