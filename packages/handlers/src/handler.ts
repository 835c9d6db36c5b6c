import { RegistryError } from '@lading/errors';
import type { ReadableRepository, Registry } from '@lading/repository';
import { decide, refusal, scopesOf } from './access.ts';
import { base } from './base.ts';
import { deleteBlob, getBlob, headBlob } from './blobs.ts';
import { catalog } from './catalog.ts';
import type { Context } from './context.ts';
import { errorResponse, failureResponse } from './error-response.ts';
import { deleteManifest, getManifest, putManifest } from './manifests.ts';
import type { RegistryHandler, RegistryRequest, RegistryResponse } from './message.ts';
import { type HandlerOptions, type Settings, settingsOf } from './options.ts';
import { referrers } from './referrers.ts';
import { type Method, type Resource, type Route, route } from './route.ts';
import { tags } from './tags.ts';
import { deleteUpload, getUpload, patchUpload, putUpload, startUpload } from './uploads.ts';

/**
 * Serves a registry over HTTP: the OCI distribution specification 1.1 and what its main branch has added.
 *
 * @throws {TypeError} when an option is malformed.
 */
export function createHandler(
  registry: Registry<ReadableRepository>,
  options: HandlerOptions = {},
): RegistryHandler {
  const settings = settingsOf(options);
  return async (request) => {
    let response: RegistryResponse;
    try {
      response = await respond({ registry, settings, request });
    } catch (error) {
      response = failureResponse(error, request, settings);
    }
    return finish(response, request.method, settings);
  };
}

async function respond(context: Context): Promise<RegistryResponse> {
  const { request, settings } = context;
  const found = routeUnder(settings, request);
  switch (found.kind) {
    case 'found': {
      const { method, resource } = found;
      if (settings.access !== undefined) {
        const decision = await decide(context, scopesOf(method, resource));
        if (decision.kind !== 'allowed') return refusal(decision);
      }
      return serve(context, method, resource);
    }
    case 'options':
      return { status: 200, headers: ['Allow', found.allow.join(', '), 'Content-Length', '0'] };
    case 'wrong-method':
      return errorResponse(new RegistryError('UNSUPPORTED'), ['Allow', found.allow.join(', ')]);
    case 'invalid':
      return errorResponse(new RegistryError(found.code, { message: found.message }));
    case 'unknown':
      return errorResponse(
        new RegistryError('UNSUPPORTED', { status: 404, message: 'there is no such endpoint' }),
      );
  }
}

function routeUnder({ prefix, methods }: Settings, { method, path }: RegistryRequest): Route {
  if (prefix === '') return route(method, path, methods);
  return path.startsWith(prefix) ? route(method, path.slice(prefix.length), methods) : { kind: 'unknown' };
}

/** Nothing that answers HEAD opens a body. */
async function serve(context: Context, method: Method, resource: Resource): Promise<RegistryResponse> {
  switch (resource.kind) {
    case 'base':
      return base();
    case 'catalog':
      return catalog(context);
    case 'tags':
      return tags(context, resource.name);
    case 'referrers':
      return referrers(context, resource.name, resource.digest);
    case 'manifest':
      if (method === 'PUT') return putManifest(context, resource);
      if (method === 'DELETE') return deleteManifest(context, resource);
      return getManifest(context, resource);
    case 'blob':
      if (method === 'DELETE') return deleteBlob(context, resource.name, resource.digest);
      if (method === 'HEAD') return headBlob(context, resource.name, resource.digest);
      return getBlob(context, resource.name, resource.digest);
    case 'uploads':
      return startUpload(context, resource.name);
    case 'upload':
      if (method === 'PATCH') return patchUpload(context, resource.name);
      if (method === 'PUT') return putUpload(context, resource.name);
      if (method === 'DELETE') return deleteUpload(context, resource.name, resource.id);
      return getUpload(context, resource.name);
  }
}

/** What all answers have in common: the headers of the settings, and no body for HEAD. */
function finish(
  { status, headers, body }: RegistryResponse,
  method: string,
  settings: Settings,
): RegistryResponse {
  const all = headers.concat(settings.headers);
  return body === undefined || method === 'HEAD' ? { status, headers: all } : { status, headers: all, body };
}
