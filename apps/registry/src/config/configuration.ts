/**
 * The settings of a registry, checked and with all defaults: the keys of Distribution's `config.yml`,
 * and a few of our own. Durations are milliseconds.
 */
export interface Configuration {
  readonly version: '0.1';
  readonly log: LogSettings;
  readonly storage: StorageSettings;
  /** Absent when nobody was asked; then only this machine may reach the registry. */
  readonly auth?: AuthSettings;
  readonly http: HttpSettings;
  readonly catalog: { readonly maxentries: number };
  readonly tags: { readonly maxtags: number };
  readonly validation: ValidationSettings;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogSettings {
  readonly level: LogLevel;
  /** Absent: pretty on a terminal, JSON otherwise. */
  readonly formatter?: 'text' | 'json' | 'logstash';
  /** Stand in every line. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly accesslog: { readonly disabled: boolean };
}

/** Exactly one of `filesystem`, `inmemory` and `module` is there. */
export interface StorageSettings {
  readonly filesystem?: { readonly rootdirectory: string; readonly disk: 'local' | 'network' };
  readonly inmemory?: Readonly<Record<string, never>>;
  /** A package or file whose export `storage` makes a driver. */
  readonly module?: string;
  /** Handed to the driver of `module` as they are. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly delete: { readonly enabled: boolean };
  readonly redirect: { readonly disable: boolean };
  readonly cache: { readonly blobdescriptor: 'inmemory' | 'none'; readonly blobdescriptorsize: number };
  readonly maintenance: {
    readonly uploadpurging: UploadPurgingSettings;
    readonly readonly: { readonly enabled: boolean };
  };
}

export interface UploadPurgingSettings {
  readonly enabled: boolean;
  readonly age: number;
  readonly interval: number;
  readonly dryrun: boolean;
}

/** Exactly one is there. */
export interface AuthSettings {
  readonly none?: Readonly<Record<string, never>>;
  readonly htpasswd?: HtpasswdSettings;
}

export interface HtpasswdSettings {
  readonly realm: string;
  readonly path: string;
}

export interface HttpSettings {
  /** `host:port`, or the path of a socket where `net` is `unix`. */
  readonly addr: string;
  readonly net: 'tcp' | 'unix';
  readonly host?: string;
  readonly prefix: string;
  /** Absent: relative unless `host` is given. */
  readonly relativeurls?: boolean;
  /** The first signs, all verify. Absent: a key that the storage keeps. */
  readonly secret?: readonly string[];
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly draintimeout: number;
  readonly stalltimeout: number;
  readonly keepalivetimeout: number;
  readonly trustedproxies: readonly string[];
  readonly tls?: TlsSettings;
}

export interface TlsSettings {
  readonly certificate: string;
  readonly key: string;
  readonly minimumtls: 'tls1.2' | 'tls1.3';
}

export interface ValidationSettings {
  readonly disabled: boolean;
  readonly manifests: { readonly indexes: { readonly platforms: 'all' | 'none' } };
}

/** What holds without a configuration. The schema takes its defaults from here. */
export const defaults: Configuration = {
  version: '0.1',
  log: { level: 'info', fields: {}, accesslog: { disabled: false } },
  storage: {
    filesystem: { rootdirectory: './data', disk: 'local' },
    delete: { enabled: true },
    redirect: { disable: false },
    cache: { blobdescriptor: 'inmemory', blobdescriptorsize: 10_000 },
    maintenance: {
      uploadpurging: { enabled: true, age: 168 * 3_600_000, interval: 24 * 3_600_000, dryrun: false },
      readonly: { enabled: false },
    },
  },
  http: {
    addr: '127.0.0.1:5000',
    net: 'tcp',
    prefix: '/',
    headers: {},
    draintimeout: 30_000,
    stalltimeout: 60_000,
    keepalivetimeout: 75_000,
    trustedproxies: [],
  },
  catalog: { maxentries: 1000 },
  tags: { maxtags: 1000 },
  validation: { disabled: false, manifests: { indexes: { platforms: 'all' } } },
};
