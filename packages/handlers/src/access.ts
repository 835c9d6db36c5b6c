import { RegistryError } from '@lading/errors';
import type { Action, Decision, Scope } from '@lading/repository';
import type { Context } from './context.ts';
import { errorResponse } from './error-response.ts';
import { originOf } from './forwarded.ts';
import type { RegistryResponse } from './message.ts';
import type { Method, Resource } from './route.ts';

/** What a request needs, as Docker's tokens say it. None for `/v2/`: there it is enough to be let in. */
export function scopesOf(method: Method, resource: Resource): Scope[] {
  switch (resource.kind) {
    case 'base':
      return [];
    case 'catalog':
      return [{ type: 'registry', name: 'catalog', actions: ['*'] }];
    case 'uploads':
    case 'upload':
      return [pushTo(resource.name)];
    case 'tags':
    case 'manifest':
    case 'blob':
    case 'referrers':
      return [{ type: 'repository', name: resource.name, actions: actionsOf(method) }];
  }
}

function actionsOf(method: Method): Action[] {
  if (method === 'GET' || method === 'HEAD') return ['pull'];
  return method === 'DELETE' ? ['delete'] : ['pull', 'push'];
}

function pushTo(name: string): Scope {
  return { type: 'repository', name, actions: ['pull', 'push'] };
}

/** Asks whether the caller may do all of that. */
export async function decide({ request, settings }: Context, scopes: readonly Scope[]): Promise<Decision> {
  const { access, trustedProxy } = settings;
  if (access === undefined) return { kind: 'allowed' };
  const authorization = request.header('authorization');
  const { remote } = originOf(request, trustedProxy);
  return access(
    {
      ...(authorization === undefined ? {} : { authorization }),
      ...(remote === undefined ? {} : { remote }),
    },
    scopes,
  );
}

/** The answer to a caller who may not. */
export function refusal(decision: Exclude<Decision, { kind: 'allowed' }>): RegistryResponse {
  return decision.kind === 'challenge'
    ? errorResponse(new RegistryError('UNAUTHORIZED'), ['WWW-Authenticate', decision.challenge])
    : errorResponse(new RegistryError('DENIED'));
}

/**
 * Whether a blob may be mounted, into a repository to which the caller may push: `no` means an ordinary upload. The right
 * to pull is asked before the blob is looked for, so nobody learns what lies in a repository that is closed to them; and
 * 403 is never answered, as it would end the whole push.
 */
export async function decideMount(
  context: Context,
  name: string,
  from: string | undefined,
): Promise<'yes' | 'no' | RegistryResponse> {
  if (from === undefined) {
    // Anywhere in the registry: only for who may pull everywhere.
    const decision = await decide(context, [{ type: 'repository', name: '*', actions: ['pull'] }]);
    return decision.kind === 'allowed' ? 'yes' : 'no';
  }
  // Both at once, so that a challenge names both and one token serves.
  const decision = await decide(context, [
    pushTo(name),
    { type: 'repository', name: from, actions: ['pull'] },
  ]);
  if (decision.kind === 'allowed') return 'yes';
  return decision.kind === 'challenge' ? refusal(decision) : 'no';
}
