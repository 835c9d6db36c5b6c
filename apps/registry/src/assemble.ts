import { BlockList, isIPv6 } from 'node:net';
import { blobStore, secretKeys } from '@lading/blob-store';
import { cachedBlobs, lruDescriptors } from '@lading/cache';
import { createHandler } from '@lading/handlers';
import type { HandlerOptions, LocationOptions, RegistryHandler } from '@lading/handlers';
import { layout, registryStore } from '@lading/registry-store';
import type { RegistryStoreOptions } from '@lading/registry-store';
import type { Access, Registry } from '@lading/repository';
import type { StorageDriver } from '@lading/storage';
import type { Configuration, HttpSettings } from './config/configuration.ts';

/** What a registry is made of, beside its configuration. */
export interface AssembleOptions {
  readonly storage: StorageDriver;
  /** Default: everybody may do everything. */
  readonly access?: Access;
  /** Told of failures that are not the client's. Must not throw. Default: nobody is. */
  readonly onError?: HandlerOptions['onError'];
}

/** Longest time for which an upload's session holds, in milliseconds, and what part of the purging age it may be. */
const sessionLifetime = 6 * 24 * 3_600_000;
const shareOfAge = 6 / 7;

/**
 * Makes a registry of a configuration: storage, cache in front of it, names over both, the protocol over all. Each part is a function of the one before.
 */
export function assemble(
  configuration: Configuration,
  { storage, access, onError }: AssembleOptions,
): { readonly registry: Registry; readonly handler: RegistryHandler } {
  const { storage: settings, http, validation, catalog, tags } = configuration;
  const { blobdescriptor, blobdescriptorsize } = settings.cache;
  const { uploadpurging, readonly } = settings.maintenance;

  const stored = blobStore({ storage, root: layout().blobs });
  const descriptors = lruDescriptors({ max: blobdescriptorsize });
  const blobs = blobdescriptor === 'none' ? stored : cachedBlobs(stored, { descriptors });

  const sparse = validation.disabled || validation.manifests.indexes.platforms === 'none';
  const lifetime = uploadpurging.enabled
    ? Math.min(uploadpurging.age * shareOfAge, sessionLifetime)
    : sessionLifetime;
  const registry = registryStore({
    storage,
    blobs,
    uploads: { lifetime },
    ...keysOf(http),
    ...(sparse ? { mayBeMissing: ({ role }) => role === 'manifest' } : {}),
  });

  const trustedProxy = trustedProxyOf(http);
  const handler = createHandler(registry, {
    deletes: settings.delete.enabled,
    readOnly: readonly.enabled,
    redirect: !settings.redirect.disable,
    prefix: http.prefix,
    location: locationOf(http),
    headers: http.headers,
    maxTags: tags.maxtags,
    maxRepositories: catalog.maxentries,
    ...(access === undefined ? {} : { access }),
    ...(trustedProxy === undefined ? {} : { trustedProxy }),
    ...(onError === undefined ? {} : { onError }),
  });
  return { registry, handler };
}

function keysOf({ secret: [first, ...rest] = [] }: HttpSettings): Pick<RegistryStoreOptions, 'keys'> {
  return first === undefined ? {} : { keys: secretKeys([first, ...rest]) };
}

function locationOf({ host, relativeurls }: HttpSettings): LocationOptions {
  if (relativeurls ?? host === undefined) return { kind: 'relative' };
  return host === undefined ? { kind: 'request' } : { kind: 'host', url: host };
}

/** Whether a peer is one of the proxies that may speak for their clients. */
export function trustedProxyOf({ trustedproxies }: HttpSettings): ((address: string) => boolean) | undefined {
  if (trustedproxies.length === 0) return undefined;
  const trusted = new BlockList();
  for (const network of trustedproxies) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  return (address) => trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
