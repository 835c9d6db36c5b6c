import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { Mac } from './mac.ts';

/** HMAC-SHA-256 of the runtime, in place: WebCrypto's goes through the thread pool, which costs more than the work. */
export function createNodeMac(key: Uint8Array): Promise<Mac> {
  const secret = createSecretKey(key);
  const signatureOf = (bytes: Uint8Array): Uint8Array => createHmac('sha256', secret).update(bytes).digest();
  return Promise.resolve({
    sign: (bytes) => Promise.resolve(signatureOf(bytes)),
    verify(bytes, signature) {
      const right = signatureOf(bytes);
      return Promise.resolve(signature.byteLength === right.byteLength && timingSafeEqual(signature, right));
    },
  });
}
