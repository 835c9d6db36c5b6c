import type { Path, Setting } from './settings.ts';
import { isSettings } from './settings.ts';

/** A key of Distribution's configuration that means nothing here. */
export interface UnsupportedKey {
  /** `refused` where leaving it out would protect less or mean something else; `ignored` where only comfort is lost. */
  readonly effect: 'refused' | 'ignored';
  /** What to do about it, as the rest of a sentence. */
  readonly advice: string;
  /** It takes effect by being there, whatever its value. */
  readonly whenPresent?: boolean;
}

const driver: UnsupportedKey = {
  effect: 'refused',
  advice:
    'this storage driver is not built in; use filesystem, inmemory, or a driver package by "storage.module"',
  whenPresent: true,
};
const notYet = (what: string): UnsupportedKey => ({
  effect: 'refused',
  advice: `${what} not supported yet; remove it`,
});

/** Every key of Distribution that is not in our schema, by its path. What lies below shares its fate. */
export const unsupportedKeys: Readonly<Record<string, UnsupportedKey>> = {
  'log.hooks': { effect: 'ignored', advice: 'no mail is sent' },
  'log.reportcaller': { effect: 'ignored', advice: 'lines do not name their place in the code' },
  'storage.s3': driver,
  'storage.s3aws': driver,
  'storage.gcs': driver,
  'storage.azure': driver,
  'storage.filesystem.maxthreads': {
    effect: 'ignored',
    advice: 'the environment variable UV_THREADPOOL_SIZE sets the number of threads',
  },
  'storage.tag': { effect: 'ignored', advice: 'the number of look-ups at once is fixed' },
  'auth.silly': {
    effect: 'refused',
    advice: 'it protects nothing; use auth.htpasswd, or auth: none',
    whenPresent: true,
  },
  'auth.token': {
    effect: 'refused',
    advice: 'tokens are not supported yet; use auth.htpasswd',
    whenPresent: true,
  },
  middleware: notYet('middleware is'),
  'http.tls.clientcas': notYet('client certificates are'),
  'http.tls.clientauth': notYet('client certificates are'),
  'http.tls.ciphersuites': notYet('a choice of cipher suites is'),
  'http.tls.letsencrypt': {
    effect: 'refused',
    advice: 'certificates are not fetched; set http.tls.certificate and http.tls.key',
  },
  'http.h2c': notYet('HTTP/2 is'),
  'http.http2': { effect: 'ignored', advice: 'only HTTP/1.1 is spoken' },
  'http.debug': { effect: 'ignored', advice: 'there is no debug server' },
  notifications: { effect: 'ignored', advice: 'no events are sent' },
  redis: notYet('Redis is'),
  health: { effect: 'ignored', advice: 'ask /livez and /readyz, which are always there' },
  proxy: notYet('a pull-through cache is'),
  'validation.manifests.urls': notYet('rules for URLs in manifests are'),
  'validation.manifests.indexes.platformlist': notYet('a list of platforms is'),
  policy: notYet('policies are'),
};

/** Keys of Distribution that were given another name. */
export const renamedKeys: Readonly<Record<string, string>> = {
  loglevel: 'log.level',
  'storage.cache.layerinfo': 'storage.cache.blobdescriptor',
};

/** Whether a value switches anything on: not empty, not `false`, not a list of disabled things. */
export function hasEffect(value: Setting | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  if (Array.isArray(value)) return value.some((item: Setting) => !isDisabled(item) && hasEffect(item));
  if (isSettings(value)) return Object.values(value).some(hasEffect);
  return true;
}

function isDisabled(value: Setting): boolean {
  return isSettings(value) && value['disabled'] === true;
}

/** Splits `http.tls.key` at its dots. */
export function toPath(key: string): Path {
  return key.split('.');
}
