import { flushCompileCache } from 'node:module';
import type { Configuration } from '../config/configuration.ts';
import { formatProblem } from '../config/problem.ts';
import { formatter } from '../log/format.ts';
import { createLogWriter } from '../log/log-writer.ts';
import { createLog } from '../log/log.ts';
import { startRegistry } from '../start-registry.ts';
import type { RunningRegistry } from '../start-registry.ts';
import type { CommandInput } from './run.ts';

/** Serves a registry until a signal ends it. */
export async function serve({ configuration, warnings, directory }: CommandInput): Promise<number> {
  const { level } = configuration.log;
  const writer = createLogWriter();
  const log = createLog({
    level,
    format: formatter(configuration.log, process.stdout.isTTY),
    write: writer.write,
  });
  process.on('exit', writer.flush);
  // A failure that slipped through belongs to one request; the others go on.
  process.on('uncaughtException', (error) => log.error('something failed that nobody awaited', { error }));

  for (const warning of warnings) log.warn(formatProblem(warning));
  const running = await startRegistry({ configuration, directory, log });
  const { url, place } = running;
  log.info(`listening on ${url}`, { data: place, try: trial(running, configuration) });
  // Now, since a process that is killed keeps nothing of it for its next start.
  setTimeout(flushCompileCache, 1000).unref();

  const signal = await nextSignal();
  log.info(`${signal}: ending when the requests under way are answered`, {
    patience: configuration.http.draintimeout,
  });
  const second = nextSignal().then((again) => {
    log.warn(`${again}: ending at once`);
    return 1;
  });
  const ended = running.close().then(() => {
    log.info('ended');
    return 0;
  });
  const status = await Promise.race([ended, second]);
  await writer.drain();
  return status;
}

/** A command with which the registry can be tried out, where one line is enough for that. */
function trial({ url }: RunningRegistry, { auth, http }: Configuration): string | undefined {
  if (http.net === 'unix' || http.prefix !== '/') return undefined;
  const host = url.replace(/^https?:\/\//, '');
  const credentials = auth?.htpasswd === undefined ? '' : ' --dest-creds USER:PASSWORD';
  return `skopeo copy --dest-tls-verify=false${credentials} docker://docker.io/library/alpine docker://${host}/alpine`;
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const signals = ['SIGTERM', 'SIGINT'] as const;
    const heard = (signal: NodeJS.Signals): void => {
      for (const each of signals) process.off(each, heard);
      resolve(signal);
    };
    for (const each of signals) process.on(each, heard);
  });
}
