import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, isLoopback, parseAddress } from '../../src/config/address.ts';
import { parseDuration } from '../../src/config/duration.ts';
import { nearest } from '../../src/nearest.ts';

test('parseAddress reads what Distribution takes', () => {
  assert.deepEqual(parseAddress('127.0.0.1:5000'), { host: '127.0.0.1', port: 5000 });
  assert.deepEqual(parseAddress(':5000'), { port: 5000 });
  assert.deepEqual(parseAddress('[::1]:0'), { host: '::1', port: 0 });
  assert.deepEqual(parseAddress('localhost:65535'), { host: 'localhost', port: 65_535 });
  for (const text of [
    '5000',
    '',
    ':',
    'a:b',
    '::1:5000',
    '[::1]',
    '[x]:1',
    'a:65536',
    'a b:1',
    'http://a:1',
    'a/b:1',
  ]) {
    assert.equal(parseAddress(text), undefined, text);
  }
});

test('formatAddress writes what stands in a URL', () => {
  assert.equal(formatAddress({ host: '::1', port: 1 }), '[::1]:1');
  assert.equal(formatAddress({ host: 'a', port: 1 }), 'a:1');
  assert.equal(formatAddress({ port: 1 }), '0.0.0.0:1');
});

test('isLoopback knows what only this machine can reach', () => {
  for (const host of [
    'localhost',
    '127.0.0.1',
    '127.255.0.1',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
  ]) {
    assert.equal(isLoopback({ host, port: 1 }), true, host);
  }
  for (const host of [
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '128.0.0.1',
    'localhost.example.com',
    'registry',
    '::2',
    '::ffff:10.0.0.1',
  ]) {
    assert.equal(isLoopback({ host, port: 1 }), false, host);
  }
  assert.equal(isLoopback({ port: 1 }), false);
});

test('parseDuration reads durations of Go', () => {
  assert.equal(parseDuration('168h'), 604_800_000);
  assert.equal(parseDuration('1h30m'), 5_400_000);
  assert.equal(parseDuration('1.5s'), 1500);
  assert.equal(parseDuration('100ms'), 100);
  assert.equal(parseDuration('0'), 0);
  for (const text of ['', '60', '7d', '-1s', 's', '1h 3m', '1.h', 'one'])
    assert.equal(parseDuration(text), undefined, text);
});

test('nearest finds the word that was meant', () => {
  assert.equal(nearest('delet', ['delete', 'redirect']), 'delete');
  assert.equal(nearest('sevre', ['serve', 'check-config']), 'serve');
  assert.equal(nearest('FileSystem', ['filesystem']), 'filesystem');
  assert.equal(nearest('ducks', ['log', 'http']), undefined);
  assert.equal(nearest('x', []), undefined);
});
