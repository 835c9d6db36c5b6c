import type { RegistryHandler, RegistryResponse } from '@lading/handlers';

export interface HealthOptions {
  /** Rejects when the storage cannot be reached. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** Whether the process is about to end. */
  readonly draining: () => boolean;
  /** Milliseconds that the storage may take to answer. Default: 5000. */
  readonly deadline?: number;
  /** Milliseconds for which an answer of the storage holds, so that asking often costs nothing. Default: 1000. */
  readonly fresh?: number;
  /** Told why the storage did not answer, when that is new. Must not throw. */
  readonly onUnready?: (reason: unknown) => void;
}

const live = plainResponse(200, 'live');
const ready = plainResponse(200, 'ready');
const unready = plainResponse(503, 'not ready');

/**
 * The same handler, with `/livez` (the process answers) and `/readyz` (so does its storage, and it is not about to end)
 * before it. They ask for no password and tell nothing else.
 */
export function health(handler: RegistryHandler, options: HealthOptions): RegistryHandler {
  const { probe, draining, deadline = 5000, fresh = 1000, onUnready } = options;
  let last: { readonly time: number; readonly reachable: Promise<boolean> } | undefined;
  let wasReachable = true;

  const look = async (): Promise<boolean> => {
    const problem = await problemOf(probe, deadline);
    if (problem !== undefined && wasReachable) onUnready?.(problem);
    wasReachable = problem === undefined;
    return wasReachable;
  };
  return async (request) => {
    const { method, path } = request;
    if (path !== '/livez' && path !== '/readyz') return handler(request);
    if (method !== 'GET' && method !== 'HEAD')
      return { status: 405, headers: ['Allow', 'GET, HEAD', 'Content-Length', '0'] };
    const answer = (response: RegistryResponse): RegistryResponse =>
      method === 'HEAD' ? { status: response.status, headers: response.headers } : response;
    if (path === '/livez') return answer(live);
    if (draining()) return answer(unready);
    const now = performance.now();
    if (last === undefined || now - last.time > fresh) last = { time: now, reachable: look() };
    return answer((await last.reachable) ? ready : unready);
  };
}

/** Why the storage does not answer; `undefined` when it does. */
async function problemOf(probe: HealthOptions['probe'], deadline: number): Promise<unknown> {
  const signal = AbortSignal.timeout(deadline);
  // Not everything that hangs heeds a signal.
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  try {
    await Promise.race([probe(signal), late]);
    return undefined;
  } catch (error) {
    return error ?? new Error('Cannot reach storage: no reason was given');
  }
}

function plainResponse(status: number, text: string): RegistryResponse {
  const body = new TextEncoder().encode(`${text}\n`);
  const headers = [
    'Content-Type',
    'text/plain',
    'Content-Length',
    String(body.byteLength),
    'Cache-Control',
    'no-store',
  ];
  return { status, headers, body };
}
