import type { Mac } from './mac.ts';

/** HMAC-SHA-256 of WebCrypto. */
export async function createPortableMac(key: Uint8Array): Promise<Mac> {
  const { subtle } = crypto;
  const imported = await subtle.importKey('raw', key.slice(), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
  return {
    sign: async (bytes) => new Uint8Array(await subtle.sign('HMAC', imported, bytes.slice())),
    verify: (bytes, signature) => subtle.verify('HMAC', imported, signature.slice(), bytes.slice()),
  };
}
