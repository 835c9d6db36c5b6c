// A worker thread that compares passwords with bcrypt hashes, one after the other.
import { parentPort } from 'node:worker_threads';
import { bcryptVerify } from 'hash-wasm';
import type { Answer, Question } from './bcrypt-pool.ts';

/** bcrypt looks at so many bytes of a password and no further, as every program that makes such hashes does. */
const longest = 72;

parentPort?.on('message', ({ id, password, hash }: Question) => {
  const reply = (answer: Omit<Answer, 'id'>): void => parentPort?.postMessage({ id, ...answer }, []);
  const bytes = Buffer.from(password).subarray(0, longest);
  if (bytes.byteLength === 0) return reply({ matches: false });
  bcryptVerify({ password: bytes, hash }).then(
    (matches) => reply({ matches }),
    (error: unknown) => reply({ failure: String(error) }),
  );
});
