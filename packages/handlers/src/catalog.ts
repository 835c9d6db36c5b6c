import { RegistryError } from '@lading/errors';
import { isName } from '@lading/reference';
import type { Context } from './context.ts';
import { jsonResponse } from './error-response.ts';
import type { RegistryResponse } from './message.ts';
import { linkTo, pageOf } from './page.ts';

/** The repositories of the registry. Not part of the OCI specification; Docker's registry has it and clients use it. */
export async function catalog({ registry, request, settings }: Context): Promise<RegistryResponse> {
  const { count, after } = pageOf(new URLSearchParams(request.query), settings.maxRepositories);
  if (after !== undefined && !isName(after)) {
    throw new RegistryError('NAME_INVALID', {
      message: 'Cannot list repositories: "last" is not a repository name',
    });
  }
  if (count === 0) return jsonResponse(200, JSON.stringify({ repositories: [] }));
  const { signal } = request;
  const page = await registry.repositories({
    limit: count,
    signal,
    ...(after === undefined ? {} : { after }),
  });
  const link =
    page.next === undefined
      ? []
      : linkTo('/v2/_catalog', { n: String(count), last: page.next }, request, settings);
  return jsonResponse(200, JSON.stringify({ repositories: page.items }), link);
}
