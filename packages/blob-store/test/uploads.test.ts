import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { collect, discard, fromChunks } from '@lading/bytes';
import { isRegistryError } from '@lading/errors';
import fc from 'fast-check';
import { secretKeys } from '../src/index.ts';
import { type World, body, cutOff, digest, directory, places, text } from './world.ts';

const code =
  (...codes: string[]) =>
  (error: unknown): boolean =>
    isRegistryError(error) && codes.includes(error.code);
const content = async (world: World, value: string): Promise<string> =>
  new TextDecoder().decode(await collect((await world.blobs.read(await digest(value))).body));

for (const [place, createWorld] of Object.entries(places)) {
  describe(`uploads in ${place}`, () => {
    it('create writes nothing and tells a session of letters, digits, - and _', async () => {
      const world = createWorld();
      const { session, offset } = await world.node().create();
      assert.match(session, /^[A-Za-z0-9_-]+$/);
      assert.equal(offset, 0);
      assert.deepEqual(world.calls, []);
    });

    it('go from node to node, and are hashed as they come', async () => {
      const world = createWorld();
      const started = await world.node().create();
      const first = await world.node().append(started.session, body('one '), { offset: 0 });
      const second = await world.node().append(first.session, body('two '), { offset: 4 });
      const wanted = await digest('one two three');
      const blob = await world.node().commit(second.session, wanted, body('three'), { offset: 8, size: 5 });
      assert.deepEqual(blob, { digest: wanted, size: 13 });
      assert.deepEqual(world.linked, [wanted]);
      assert.equal(await content(world, 'one two three'), 'one two three');
    });

    it('are not read again by the node that received them, nor by any other when the session holds the digest', async () => {
      const world = createWorld();
      const node = world.node();
      const started = await node.create();
      const one = await node.append(started.session, body('streamed'));
      await world.node().commit(one.session, await digest('streamed'));
      assert.deepEqual(
        world.calls.filter(({ operation }) => operation === 'read').map(({ path }) => path),
        [],
      );
      assert.equal(await content(world, 'streamed'), 'streamed');
    });

    it('are not read again by a node that received all of them', async () => {
      const world = createWorld();
      const node = world.node();
      const one = await node.append((await node.create()).session, body('one '));
      const two = await node.append(one.session, body('two'));
      await node.commit(two.session, await digest('one two'));
      // Joining the parts is the storage's own affair; nobody reads them to hash them.
      assert.deepEqual(
        world.calls.filter(({ operation }) => operation === 'read'),
        [],
      );
      assert.equal(await content(world, 'one two'), 'one two');
    });

    it('are read again once when no hash came with them', async () => {
      const world = createWorld();
      const started = await world.node().create();
      const one = await world.node().append(started.session, body('stre'));
      const two = await world.node().append(one.session, body('amed'));
      const reads = (): number => world.calls.filter(({ operation }) => operation === 'read').length;
      await world.node().commit(two.session, await digest('streamed'));
      assert.ok(reads() >= 2);
      assert.equal(await content(world, 'streamed'), 'streamed');
    });

    it('commit under a digest of another algorithm than they were begun for', async () => {
      const world = createWorld();
      const started = await world.node().create();
      const one = await world.node().append(started.session, body('both'));
      const { digestOf } = await import('@lading/digest');
      const wanted = await digestOf(text('both'), 'sha512');
      await world.node().commit(one.session, wanted);
      assert.equal((await world.blobs.stat(wanted)).size, 4);
    });

    it('put a whole body straight under its digest, and take the same session again', async () => {
      const world = createWorld();
      const { session } = await world.node().create();
      const wanted = await digest('whole');
      for (let time = 0; time < 2; time++) {
        await world.node().commit(session, wanted, body('whole'), { size: 5 });
        assert.deepEqual(world.linked.slice(-1), [wanted]);
      }
      assert.deepEqual(
        world.calls.filter(({ path }) => path.startsWith(directory)),
        [],
      );
    });

    it('commit an empty blob', async () => {
      const world = createWorld();
      const { session } = await world.node().create();
      await world.node().commit(session, await digest(''), fromChunks());
      assert.equal((await world.blobs.stat(await digest(''))).size, 0);
    });

    for (const wrong of ['whole', 'last', 'none'] as const) {
      it(`stay alive at their offset after a wrong digest (${wrong} body in the request)`, async () => {
        const world = createWorld();
        const node = world.node();
        let upload = await node.create();
        if (wrong !== 'whole') upload = await node.append(upload.session, body('begun '));
        const last = wrong === 'none' ? undefined : body('wrong');
        await assert.rejects(
          node.commit(upload.session, await digest('something else'), last),
          code('DIGEST_INVALID'),
        );
        assert.equal((await node.status(upload.session)).offset, upload.offset);
        assert.deepEqual(world.linked, []);
        const whole = wrong === 'whole' ? 'right' : 'begun right';
        await node.commit(upload.session, await digest(whole), body('right'));
        assert.equal(await content(world, whole), whole);
      });
    }

    it('refuse a last body of another size, and stay as they were', async () => {
      const world = createWorld();
      const begun = await world.node().append((await world.node().create()).session, body('ab'));
      await assert.rejects(
        world.node().commit(begun.session, await digest('abcd'), body('cd'), { size: 3 }),
        code('SIZE_INVALID'),
      );
      await assert.rejects(
        world
          .node()
          .commit((await world.node().create()).session, await digest('cd'), body('cd'), { size: 1 }),
        code('SIZE_INVALID'),
      );
      await assert.rejects(
        world
          .node()
          .commit((await world.node().create()).session, await digest('cd'), body('cd'), { size: 3 }),
        code('SIZE_INVALID'),
      );
      assert.equal((await world.node().status(begun.session)).offset, 2);
    });

    it('refuse a chunk out of order before reading it', async () => {
      const world = createWorld();
      const begun = await world.node().append((await world.node().create()).session, body('abc'));
      let read = false;
      const stream = (async function* () {
        read = true;
        yield text('x');
      })();
      for (const offset of [0, 2, 4]) {
        await assert.rejects(world.node().append(begun.session, stream, { offset }), code('RANGE_INVALID'));
      }
      await assert.rejects(
        world.node().commit(begun.session, await digest('abc'), stream, { offset: 9 }),
        code('RANGE_INVALID'),
      );
      assert.equal(read, false);
    });

    it('keep what came before the sender was cut off, and tell by any older session from where to go on', async () => {
      const world = createWorld();
      const started = await world.node().create();
      await assert.rejects(
        world.node().append(started.session, cutOff('first ', 'half '), { size: 100 }),
        /connection reset/,
      );
      const status = await world.node().status(started.session);
      assert.equal(status.offset, 11);
      assert.notEqual(status.session, started.session);
      await world.node().commit(status.session, await digest('first half rest'), body('rest'));
      assert.equal(await content(world, 'first half rest'), 'first half rest');
    });

    it('keep what came also when the request was aborted with the sender', async () => {
      const world = createWorld();
      const started = await world.node().create();
      const gone = new AbortController();
      const leaving = (async function* () {
        yield text('kept');
        gone.abort(new Error('client gone'));
        throw new Error('client gone');
      })();
      await assert.rejects(
        world.node().append(started.session, leaving, { signal: gone.signal }),
        /client gone/,
      );
      assert.equal((await world.node().status(started.session)).offset, 4);
    });

    it('drop the bytes of a last body that was cut off', async () => {
      const world = createWorld();
      const begun = await world.node().append((await world.node().create()).session, body('begun'));
      await assert.rejects(
        world.node().commit(begun.session, await digest('x'), cutOff('lost')),
        /connection reset/,
      );
      assert.equal((await world.node().status(begun.session)).offset, 5);
    });

    it('leave nothing behind for a chunk without bytes', async () => {
      const world = createWorld();
      const started = await world.node().create();
      const same = await world.node().append(started.session, fromChunks());
      assert.equal(same.offset, 0);
      assert.deepEqual(world.calls, []);
    });

    it('fork where two write at one offset, and each commits its own bytes', async () => {
      const world = createWorld();
      const begun = await world.node().append((await world.node().create()).session, body('same '));
      const [left, right] = await Promise.all([
        world.node().append(begun.session, body('left')),
        world.node().append(begun.session, body('right')),
      ]);
      await assert.rejects(
        world.node({ later: () => undefined }).commit(left.session, await digest('same right')),
        code('DIGEST_INVALID'),
      );
      await world.node({ later: () => undefined }).commit(left.session, await digest('same left'));
      await world.node().commit(right.session, await digest('same right'));
      assert.equal(await content(world, 'same left'), 'same left');
      assert.equal(await content(world, 'same right'), 'same right');
    });

    it('answer a commit whose answer was lost as before', async () => {
      const world = createWorld();
      const one = await world.node().append((await world.node().create()).session, body('again'));
      const wanted = await digest('again');
      assert.deepEqual(
        await world.node().commit(one.session, wanted),
        await world.node().commit(one.session, wanted),
      );
    });

    it('prove nothing about content that did not come through them', async () => {
      const world = createWorld();
      const secret = await digest('of another repository');
      await world.blobs.write(secret, body('of another repository'));
      const one = await world.node().append((await world.node().create()).session, body('mine'));
      await world.node().cancel(one.session);
      await assert.rejects(world.node().commit(one.session, secret), code('BLOB_UPLOAD_UNKNOWN'));
      assert.deepEqual(world.linked, []);
    });

    it('are unknown after cancel', async () => {
      const world = createWorld();
      const one = await world.node().append((await world.node().create()).session, body('gone'));
      await world.node().cancel(one.session);
      await assert.rejects(world.node().status(one.session), code('BLOB_UPLOAD_UNKNOWN'));
      await assert.rejects(
        world.node().commit(one.session, await digest('gone')),
        code('BLOB_UPLOAD_UNKNOWN'),
      );
    });

    it('end the stream of a session that is unknown', async () => {
      let ended = false;
      const stream = {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: false as const, value: text('x') }),
          return: () => {
            ended = true;
            return Promise.resolve({ done: true as const, value: undefined });
          },
        }),
      };
      await assert.rejects(createWorld().node().append('forged', stream), code('BLOB_UPLOAD_UNKNOWN'));
      assert.equal(ended, true);
      await discard(stream);
    });
  });

  describe(`sessions in ${place}`, () => {
    it('are unknown to another repository, under another secret, and after their time', async () => {
      const world = createWorld();
      let time = 1000;
      const { session } = await world.node({ now: () => time, lifetime: 500 }).create();
      await assert.rejects(
        world.node({ now: () => time, repository: 'other' }).status(session),
        code('BLOB_UPLOAD_UNKNOWN'),
      );
      await assert.rejects(
        world.node({ now: () => time, keys: secretKeys(['another']) }).status(session),
        code('BLOB_UPLOAD_UNKNOWN'),
      );
      assert.equal((await world.node({ now: () => time }).status(session)).offset, 0);
      time = 1500;
      await assert.rejects(world.node({ now: () => time }).status(session), code('BLOB_UPLOAD_UNKNOWN'));
    });

    it('hold while their key is being replaced', async () => {
      const world = createWorld();
      const before = await world.node({ keys: secretKeys(['old']) }).create();
      const after = await world.node({ keys: secretKeys(['new', 'old']) }).append(before.session, body('x'));
      await assert.rejects(
        world.node({ keys: secretKeys(['old']) }).status(after.session),
        code('BLOB_UPLOAD_UNKNOWN'),
      );
      await world.node({ keys: secretKeys(['new']) }).commit(after.session, await digest('x'));
    });

    it('are unknown with any letter changed, cut or added', async () => {
      const world = createWorld();
      const { session } = await world
        .node()
        .append((await world.node().create()).session, body('x'), { offset: 0 });
      const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
      const changed = fc.oneof(
        fc
          .tuple(fc.nat(session.length - 2), fc.constantFrom(...letters))
          .map(([at, letter]) => session.slice(0, at) + letter + session.slice(at + 1)),
        fc.nat(session.length - 1).map((length) => session.slice(0, length)),
        fc.string({ minLength: 1, maxLength: 40 }).map((more) => session + more),
        fc.string(),
      );
      await fc.assert(
        fc.asyncProperty(changed, async (other) => {
          fc.pre(other !== session);
          await assert.rejects(world.node().status(other), code('BLOB_UPLOAD_UNKNOWN'));
        }),
      );
    });
  });

  describe(`replay in ${place}`, () => {
    // Whoever may push must not be able to store B under the digest of A: with every order of pushing A, cancelling or purging it,
    // pushing B of the same length, and committing with every session ever given out, nothing but A is ever found under A's digest.
    const orders = [
      ['append A', 'cancel', 'append B', 'commit'],
      ['append A', 'purge', 'append B', 'commit'],
      ['append A', 'append B', 'purge', 'commit'],
      ['append A', 'commit', 'append B', 'commit'],
      ['append A', 'commit', 'cancel', 'append B', 'commit'],
      ['append B', 'append A', 'cancel', 'append B', 'commit'],
      ['append A', 'cancel', 'append B', 'cancel', 'append A', 'purge', 'append B', 'commit'],
    ];
    for (const order of orders) {
      it(`never swaps bytes: ${order.join(', ')}`, async () => {
        const world = createWorld();
        const [a, b] = ['content A', 'content B'];
        const wanted = await digest(a);
        const started = await world.node().create();
        const sessions = [started.session];
        for (const step of order) {
          if (step === 'append A' || step === 'append B') {
            // From the start, and on top of everything given out before.
            const source = step === 'append A' ? a : b;
            for (const session of sessions.slice()) {
              const next = await world
                .node()
                .append(session, body(source))
                .catch(() => undefined);
              if (next !== undefined) sessions.push(next.session);
            }
          } else if (step === 'cancel') await world.node().cancel(started.session);
          else if (step === 'purge') await world.storage.delete(`${directory}/${started.id}`);
          else {
            for (const session of sessions) {
              await world
                .node({ later: () => undefined })
                .commit(session, wanted)
                .catch(() => undefined);
              const found = await world.blobs.get(wanted).catch(() => undefined);
              if (found !== undefined) assert.equal(new TextDecoder().decode(found), a);
            }
          }
        }
      });
    }
  });
}
