import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
import type { TlsSettings } from '../config/configuration.ts';
import type { Log } from '../log/log.ts';
import { StartupError } from '../startup-error.ts';
import { watchFiles } from '../watch-files.ts';

/** A certificate with its key, read and found to belong together. */
export type Certificate = Required<Pick<SecureContextOptions, 'cert' | 'key' | 'minVersion'>>;

const versions = { 'tls1.2': 'TLSv1.2', 'tls1.3': 'TLSv1.3' } as const;

/**
 * Reads certificate and key.
 *
 * @throws {StartupError} when a file cannot be read, or they cannot be used together.
 */
export async function readCertificate({ certificate, key, minimumtls }: TlsSettings): Promise<Certificate> {
  const pair: Certificate = {
    cert: await readPem(certificate, 'certificate'),
    key: await readPem(key, 'key'),
    minVersion: versions[minimumtls],
  };
  try {
    createSecureContext(pair);
  } catch (cause) {
    const files = `${JSON.stringify(certificate)} with ${JSON.stringify(key)}`;
    throw new StartupError(`Cannot use the certificate ${files}: ${reasonOf(cause)}`, { cause });
  }
  return pair;
}

export interface ReloadCertificateOptions {
  readonly server: Server;
  readonly settings: TlsSettings;
  readonly log: Log;
  /** Milliseconds between looks at the files. Default: see `watchFiles`. */
  readonly interval?: number;
}

/** Gives a server each new certificate, for connections from then on. One that cannot be used leaves the one of before. */
export async function reloadCertificate({
  server,
  settings,
  log,
  interval,
}: ReloadCertificateOptions): Promise<{ readonly close: () => void }> {
  return watchFiles({
    files: [settings.certificate, settings.key],
    ...(interval === undefined ? {} : { interval }),
    async onChange() {
      try {
        const pair = await readCertificate(settings);
        if (server instanceof HttpsServer) server.setSecureContext(pair);
        log.info('certificate was read again', { certificate: settings.certificate, until: expiry(pair) });
      } catch (error) {
        const reason = error instanceof StartupError ? error.message : String(error);
        log.error('certificate cannot be read again; the one of before stays', { reason });
      }
    },
  });
}

/** The end of a certificate's validity. */
export function expiry({ cert }: Certificate): Date {
  return new Date(new X509Certificate(cert as Uint8Array).validTo);
}

async function readPem(file: string, what: 'certificate' | 'key'): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const state = code === 'ENOENT' ? 'there is no such file' : (code ?? 'it cannot be read');
    throw new StartupError(`Cannot read ${JSON.stringify(file)} of http.tls.${what}: ${state}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') return 'the key belongs to another certificate';
  if (code === 'ERR_OSSL_PEM_NO_START_LINE') return 'a file is not PEM';
  return message;
}
