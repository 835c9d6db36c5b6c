/** Random choices and bytes that a seed repeats. */
import { createCipheriv } from 'node:crypto';

export interface Random {
  /** 0 ≤ n < 1. */
  readonly next: () => number;
  /** An integer from `from` to `to`, both included. */
  readonly integer: (from: number, to: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <const T extends readonly [unknown, ...unknown[]]>(choices: T) => T[number];
  /** So many bytes, never the same twice. */
  readonly bytes: (size: number) => Buffer;
  /** An independent source, for one client or one iteration. */
  readonly fork: (label: number) => Random;
}

export function seededRandom(seed: number): Random {
  let state = mix(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state) / 2 ** 32;
  };
  const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[integer(0, choices.length - 1)] ?? choices[0],
    bytes: (size) => {
      const key = Buffer.alloc(16);
      for (let at = 0; at < 16; at += 4) key.writeUInt32LE(integer(0, 2 ** 32 - 1), at);
      return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
    },
    fork: (label) => seededRandom(mix(seed) ^ mix(label + 1)),
  };
}

/** Spreads the bits of a 32-bit number (the finaliser of splitmix). */
function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}
