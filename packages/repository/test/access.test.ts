import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatScope, isWritable } from '@lading/repository';
import type { ReadableRepository, Repository } from '@lading/repository';

test('formatScope writes a scope as token servers read it', () => {
  assert.equal(
    formatScope({ type: 'repository', name: 'team/app', actions: ['pull', 'push'] }),
    'repository:team/app:pull,push',
  );
  assert.equal(formatScope({ type: 'registry', name: 'catalog', actions: ['*'] }), 'registry:catalog:*');
  assert.equal(formatScope({ type: 'repository', name: 'team/app', actions: [] }), 'repository:team/app:');
});

test('isWritable tells a repository that takes pushes', () => {
  const refuse = (): never => assert.fail('nothing is asked of it');
  const readable: ReadableRepository = {
    name: 'team/app',
    blobs: { stat: refuse, read: refuse },
    manifests: { stat: refuse, get: refuse },
    tags: { list: refuse },
    referrers: refuse,
  };
  const writable: Repository = {
    ...readable,
    blobs: { ...readable.blobs, delete: refuse, mount: refuse },
    uploads: { create: refuse, status: refuse, append: refuse, commit: refuse, cancel: refuse },
    manifests: { ...readable.manifests, put: refuse, delete: refuse },
    tags: { ...readable.tags, delete: refuse },
  };
  assert.equal(isWritable(readable), false);
  assert.equal(isWritable(writable), true);
});
