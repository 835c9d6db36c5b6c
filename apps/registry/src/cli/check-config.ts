import { resolve } from 'node:path';
import { formatProblem } from '../config/problem.ts';
import type { Configuration } from '../config/configuration.ts';
import type { CommandInput } from './run.ts';

/** Tells what a configuration comes to. That it can be used at all has been found out by then. */
export function checkConfig({ configuration, warnings, file }: CommandInput): number {
  for (const warning of warnings) process.stderr.write(`${formatProblem(warning)}\n`);
  const lines = Object.entries(summary(configuration)).map(([name, value]) => `  ${name.padEnd(9)} ${value}`);
  process.stdout.write(`${file ?? 'The configuration'} can be used:\n${lines.join('\n')}\n`);
  return 0;
}

function summary({ http, storage, auth, validation, log }: Configuration): Readonly<Record<string, string>> {
  const { uploadpurging, readonly } = storage.maintenance;
  return {
    address: `${http.net === 'unix' ? 'unix:' : ''}${http.addr}${http.tls === undefined ? '' : ' with TLS'}${http.prefix === '/' ? '' : ` under ${http.prefix}`}`,
    storage: placeOf(storage),
    access:
      auth?.htpasswd === undefined
        ? 'everybody who reaches the address'
        : `users in ${resolve(auth.htpasswd.path)}`,
    writes: readonly.enabled ? 'refused' : `allowed, deletes ${storage.delete.enabled ? 'too' : 'refused'}`,
    indexes:
      validation.disabled || validation.manifests.indexes.platforms === 'none'
        ? 'may be sparse'
        : 'must be whole',
    uploads: uploadpurging.enabled ? `purged after ${uploadpurging.age / 3_600_000} h` : 'never purged',
    log: `${log.level}${log.accesslog.disabled ? ', without requests' : ''}`,
  };
}

function placeOf({ filesystem, module }: Configuration['storage']): string {
  if (filesystem !== undefined) return resolve(filesystem.rootdirectory);
  return module ?? 'memory';
}
