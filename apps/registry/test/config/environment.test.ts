import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from './parse.ts';

const file = `version: 0.1
storage:
  filesystem: {rootdirectory: /from/file}
  delete: {enabled: true}
http:
  headers: {X-Kept: [a, b]}
`;

test('REGISTRY_… changes one setting and leaves its neighbours', () => {
  const { configuration } = parse(file, {
    REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/from/environment',
    REGISTRY_HTTP_ADDR: '127.0.0.1:5001',
    REGISTRY_LOG_LEVEL: 'debug',
  });
  assert.equal(configuration?.storage.filesystem?.rootdirectory, '/from/environment');
  assert.equal(configuration.storage.delete.enabled, true);
  assert.equal(configuration.http.addr, '127.0.0.1:5001');
  assert.equal(configuration.log.level, 'debug');
});

test('REGISTRY_… replaces a whole section, and longer names then change the new one', () => {
  const { configuration } = parse(file, {
    REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/new',
    REGISTRY_STORAGE: 'filesystem',
  });
  assert.deepEqual(configuration?.storage.filesystem, { rootdirectory: '/new', disk: 'local' });
  assert.equal(configuration.storage.delete.enabled, false, 'storage.delete went with the section');
});

test('REGISTRY_STORAGE switches the driver', () => {
  const { configuration } = parse(file, { REGISTRY_STORAGE: 'inmemory' });
  assert.deepEqual(configuration?.storage.inmemory, {});
  assert.equal(configuration.storage.filesystem, undefined);
});

test('REGISTRY_… takes YAML and JSON', () => {
  const { configuration } = parse(file, {
    REGISTRY_HTTP: '{"addr": "127.0.0.1:1", "relativeurls": true}',
    REGISTRY_LOG_FIELDS: 'service: registry',
  });
  assert.equal(configuration?.http.relativeurls, true);
  assert.deepEqual(configuration.http.headers, {});
  assert.deepEqual(configuration.log.fields, { service: 'registry' });
});

test('REGISTRY_… reaches items of lists by their number, and the next free one', () => {
  const { configuration } = parse(file, {
    'REGISTRY_HTTP_HEADERS_X-KEPT_1': 'c',
    'REGISTRY_HTTP_HEADERS_X-KEPT_2': 'd',
    REGISTRY_HTTP_SECRET_0: '0123456789012345',
    REGISTRY_HTTP_SECRET_1: '@needs-no-quotes!',
  });
  assert.deepEqual(configuration?.http.headers, { 'X-Kept': ['a', 'c', 'd'] });
  assert.deepEqual(configuration.http.secret, ['0123456789012345', '@needs-no-quotes!']);
});

test('REGISTRY_… that is empty takes the setting away', () => {
  const { configuration } = parse(file, { REGISTRY_STORAGE_DELETE: '', REGISTRY_PROXY_REMOTEURL: '' });
  assert.equal(configuration?.storage.delete.enabled, false);
});

test('REGISTRY_… holds without a file', () => {
  assert.deepEqual(parse(undefined, { REGISTRY_STORAGE_INMEMORY: '{}' }).configuration?.storage.inmemory, {});
  const { configuration } = parse(undefined, { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/srv' });
  assert.deepEqual(configuration?.storage.filesystem, { rootdirectory: '/srv', disk: 'local' });
  assert.equal(configuration.storage.delete.enabled, true);
});

test('REGISTRY_… names a driver package and its options', () => {
  const { configuration } = parse(undefined, {
    REGISTRY_STORAGE_MODULE: '@acme/storage-x',
    REGISTRY_STORAGE_OPTIONS_PORT: '9000',
  });
  assert.equal(configuration?.storage.module, '@acme/storage-x');
  assert.deepEqual(configuration.storage.options, { port: 9000 });
});

/** Variables that lead nowhere; each problem names the variable. */
const problems: readonly (readonly [variable: string, value: string, message: string])[] = [
  ['REGISTRY_HTTP_ADDR', '5000', '"http.addr" must be host:port such as 127.0.0.1:5000'],
  ['REGISTRY_HTTP_ADDRESS', 'x', 'unknown key "http.address"; did you mean "addr"?'],
  ['REGISTRY_STORAGE_DELET_ENABLED', 'true', 'unknown key "storage.delet"; did you mean "delete"?'],
  ['REGISTRY_STORAGE_DELETE_ENABLED', 'maybe', '"storage.delete.enabled" must be true or false, not text'],
  [
    'REGISTRY_STORAGE_INMEMORY',
    '{}',
    '"storage.inmemory" is one too many beside "storage.filesystem"; keep one of them',
  ],
  [
    'REGISTRY_AUTH_TOKEN_REALM',
    'r',
    'cannot honour "auth.token": tokens are not supported yet; use auth.htpasswd',
  ],
  [
    'REGISTRY_PROXY_REMOTEURL',
    'https://x',
    'cannot honour "proxy": a pull-through cache is not supported yet; remove it',
  ],
  ['REGISTRY_HTTP_SECRET_1', 'x', 'there is no item "1": http.secret has 0 items, so write a number up to 0'],
  [
    'REGISTRY_HTTP_HEADERS_X-KEPT_TWO',
    'x',
    'there is no item "two": http.headers.X-Kept has 2 items, so write a number up to 2',
  ],
  [
    'REGISTRY_VERSION_MINOR',
    '1',
    'cannot set "minor": version is a single value, so nothing can lie below it',
  ],
];

for (const [variable, value, message] of problems) {
  test(`${variable}=${value} is a problem that names it`, () => {
    assert.deepEqual(parse(file, { [variable]: value }).problems, [`${variable}: ${message}`]);
  });
}

test('REGISTRY_… that names no section is ignored, and told', () => {
  const { problems, warnings } = parse(file, { REGISTRY_DUCKS: 'quack', REGISTRY_HTP_ADDR: ':1' });
  assert.deepEqual(problems, []);
  assert.deepEqual(warnings, [
    'REGISTRY_DUCKS: ignored, since it names no setting',
    'REGISTRY_HTP_ADDR: ignored, since it names no setting; did you mean "REGISTRY_HTTP_…"?',
  ]);
});

test('REGISTRY_… of Kubernetes and of Docker links is none of our business', () => {
  const { problems, warnings } = parse(file, {
    REGISTRY_PORT: 'tcp://10.0.0.1:5000',
    REGISTRY_PORT_5000_TCP: 'tcp://10.0.0.1:5000',
    REGISTRY_PORT_5000_TCP_ADDR: '10.0.0.1',
    REGISTRY_HTTP_SERVICE_HOST: '10.0.0.1',
    REGISTRY_HTTP_SERVICE_PORT: '5000',
    REGISTRY_CONFIGURATION_PATH: '/etc/config.yml',
  });
  assert.deepEqual([...problems, ...warnings], []);
});
