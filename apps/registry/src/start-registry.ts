import { createServer } from '@lading/handlers-node';
import type { Registry } from '@lading/repository';
import type { HtpasswdAccess } from './access/htpasswd.ts';
import { assemble, trustedProxyOf } from './assemble.ts';
import type { Configuration, HtpasswdSettings } from './config/configuration.ts';
import { health } from './health.ts';
import { listen } from './listen.ts';
import { accessLog } from './log/access-log.ts';
import { silentLog } from './log/log.ts';
import type { Log } from './log/log.ts';
import { currentRequestId, requestIds } from './log/request-id.ts';
import { configuredStorage } from './storage-driver.ts';
import { uploadPurging } from './upload-purging.ts';

export interface StartRegistryOptions {
  readonly configuration: Configuration;
  /** From where a driver package is looked up. Default: the working directory. */
  readonly directory?: string;
  /** Default: nobody reads it. */
  readonly log?: Log;
}

/** A registry that answers. */
export interface RunningRegistry {
  /** `http://127.0.0.1:5000`, or `unix:/run/registry.sock`. */
  readonly url: string;
  /** Where the data lies, for people. */
  readonly place: string;
  readonly registry: Registry;
  /** Takes no more requests, answers those under way within `http.draintimeout`, and frees everything. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a registry: storage, access, protocol, server, and the timers around them.
 *
 * @throws {StartupError} when the address, a file or the storage cannot be used.
 */
export async function startRegistry({
  configuration,
  directory = process.cwd(),
  log = silentLog,
}: StartRegistryOptions): Promise<RunningRegistry> {
  const { http, auth, storage: settings } = configuration;
  const closers: (() => void | Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  let draining = false;
  try {
    const { driver, place, probe, warnings } = await configuredStorage(settings, { directory });
    for (const warning of warnings) log.warn(warning);

    const users = auth?.htpasswd && (await usersOf(auth.htpasswd, log));
    if (users !== undefined) closers.push(users.close);

    const { registry, handler } = assemble(configuration, {
      storage: driver,
      ...(users === undefined ? {} : { access: users.access }),
      onError: (error, { method, path }) =>
        log.error('request failed', { id: currentRequestId(), method, path, error }),
    });
    const trustedProxy = trustedProxyOf(http);
    const logged = accessLog(handler, {
      log,
      enabled: !configuration.log.accesslog.disabled,
      requestId: requestIds(),
      ...(trustedProxy === undefined ? {} : { trustedProxy }),
    });
    // In front of the log: probes ask every few seconds.
    const served = health(logged, {
      probe,
      draining: () => draining,
      onUnready: (error) => log.error('storage does not answer', { error }),
    });

    const tls = http.tls && (await import('./tls/certificate.ts'));
    const certificate = http.tls && (await tls?.readCertificate(http.tls));
    const server = createServer(served, {
      stallTimeout: http.stalltimeout,
      keepAliveTimeout: http.keepalivetimeout,
      onError: (error) => log.warn('answer was cut off', { error }),
      ...(certificate === undefined ? {} : { tls: certificate }),
    });
    const url = await listen(server, http);
    closers.push(() => {
      draining = true;
      return server.drain({ signal: AbortSignal.timeout(http.draintimeout) });
    });

    if (tls !== undefined && http.tls !== undefined) {
      const reloading = await tls.reloadCertificate({ server: server.server, settings: http.tls, log });
      closers.push(reloading.close);
    }
    if (!settings.maintenance.readonly.enabled) {
      const purging = uploadPurging({ storage: driver, settings: settings.maintenance.uploadpurging, log });
      closers.push(purging.close);
    }
    return { url, place, registry, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Loaded only where it is wanted, like what TLS needs: most of the time to start goes into loading. */
async function usersOf(settings: HtpasswdSettings, log: Log): Promise<HtpasswdAccess> {
  const { htpasswd } = await import('./access/htpasswd.ts');
  return htpasswd({ ...settings, log });
}
