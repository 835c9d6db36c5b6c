import { type IHasher, createSHA256, createSHA512 } from 'hash-wasm';
import type { AlgorithmName } from './algorithm.ts';
import type { Digest } from './digest.ts';
import type { Hasher, HasherOptions } from './hasher.ts';

const engines: Readonly<Record<AlgorithmName, () => Promise<IHasher>>> = {
  sha256: createSHA256,
  sha512: createSHA512,
};

/**
 * A hasher in WebAssembly, which runs anywhere and can save its state.
 *
 * @throws {RangeError} when `state` is not one that it saved.
 */
export async function createPortableHasher(
  algorithm: AlgorithmName,
  options: HasherOptions = {},
): Promise<Hasher> {
  const engine = await engines[algorithm]();
  engine.init();
  if (options.state !== undefined) {
    try {
      engine.load(options.state);
    } catch (cause) {
      throw new RangeError(`Cannot resume ${algorithm}: the state is not one of this implementation`, {
        cause,
      });
    }
  }
  return wrap(algorithm, engine, engine.save());
}

/**
 * One engine serves a hasher and all its copies: whoever is called next has its own state loaded first, so a copy costs
 * a state of some hundred bytes and no new WebAssembly memory.
 */
function wrap(algorithm: AlgorithmName, engine: IHasher, initial: Uint8Array): Hasher {
  const shared: { owner: object | undefined } = { owner: undefined };
  const make = (start: Uint8Array): Hasher => {
    const self = { state: start, dirty: false };
    const own = (): void => {
      if (shared.owner === self) return;
      const previous = shared.owner as typeof self | undefined;
      if (previous?.dirty === true) {
        previous.state = engine.save();
        previous.dirty = false;
      }
      engine.load(self.state);
      shared.owner = self;
    };
    const save = (): Uint8Array => {
      own();
      if (self.dirty) {
        self.state = engine.save();
        self.dirty = false;
      }
      return self.state;
    };
    return {
      algorithm,
      update(chunk) {
        own();
        engine.update(chunk);
        self.dirty = true;
      },
      digest() {
        const state = save();
        const hex = engine.digest('hex');
        engine.load(state);
        return `${algorithm}:${hex}` satisfies Digest;
      },
      copy: () => make(save().slice()),
      save: () => save().slice(),
    };
  };
  return make(initial);
}
