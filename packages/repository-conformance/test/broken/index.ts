import { collect, concat, fromChunks } from '@lading/bytes';
import type { Digest } from '@lading/digest';
import { RegistryError, isRegistryError } from '@lading/errors';
import { parseManifest } from '@lading/manifest';
import type { Registry, Repository } from '@lading/repository';
import { type Holdings, honestRegistry } from '../honest-registry.ts';

/** A registry with one fault. */
export interface Broken {
  /** What is wrong with it. */
  readonly fault: string;
  /** A case that must notice. */
  readonly caught: string;
  readonly create: () => Registry;
}

/** An honest registry, each of whose repositories is spoilt. */
function spoilt(
  spoil: (repository: Repository, own: Holdings, registry: Registry) => Partial<Repository>,
): () => Registry {
  return () => {
    const registry = honestRegistry();
    return {
      ...registry,
      repository(name) {
        const repository = registry.repository(name);
        return { ...repository, ...spoil(repository, registry.holdingsOf(name), registry) };
      },
    };
  };
}

/** Deliberate faults, each of which some registry once had. */
export const brokenRegistries: readonly Broken[] = [
  {
    fault: 'trusts the digest that an upload claims',
    caught: 'uploads.commit refuses bytes of another digest and stores nothing',
    create: spoilt(({ uploads }, own) => ({
      uploads: {
        ...uploads,
        async commit(session, digest, last, options) {
          try {
            return await uploads.commit(session, digest, last, options);
          } catch (error) {
            if (!isRegistryError(error, 'DIGEST_INVALID')) throw error;
            const bytes = own.uploads.get(session)?.bytes ?? new Uint8Array();
            own.blobs.set(digest, bytes);
            return { digest, size: bytes.byteLength };
          }
        },
      },
    })),
  },
  {
    fault: 'leaves a tag when its manifest is deleted',
    caught: 'manifests.delete takes a manifest and all its tags out of one repository alone',
    create: spoilt(({ manifests }, own) => ({
      manifests: {
        ...manifests,
        async delete(digest) {
          const tags = [...own.tags].filter(([, target]) => target === digest);
          await manifests.delete(digest);
          for (const [tag] of tags.slice(1)) own.tags.set(tag, digest);
        },
      },
    })),
  },
  {
    fault: 'deletes every tag when a manifest is deleted',
    caught: 'manifests.delete leaves a tag that was moved to another manifest',
    create: spoilt(({ manifests }, own) => ({
      manifests: {
        ...manifests,
        async delete(digest) {
          await manifests.delete(digest);
          own.tags.clear();
        },
      },
    })),
  },
  {
    fault: 'lists tags in the order in which they were set',
    caught: 'tags.list tells all tags byte by byte in order',
    create: spoilt(({ tags }, own) => ({
      tags: {
        ...tags,
        async list(options) {
          const { items, ...rest } = await tags.list(options);
          return { ...rest, items: [...own.tags.keys()].filter((tag) => items.includes(tag)) };
        },
      },
    })),
  },
  {
    fault: 'sorts tags as people do, small letters and capitals together',
    caught: 'tags.list tells all tags byte by byte in order',
    create: spoilt(({ tags }) => ({
      tags: {
        ...tags,
        async list(options) {
          const { items, ...rest } = await tags.list(options);
          return { ...rest, items: items.toSorted((a, b) => a.localeCompare(b)) };
        },
      },
    })),
  },
  {
    fault: 'begins a page of tags with the last one of the page before',
    caught: 'tags.list tells pages that join without gap or repeat',
    create: spoilt(({ tags }) => ({
      tags: {
        ...tags,
        async list({ after, ...options } = {}) {
          return tags.list(after === undefined ? options : { ...options, after: after.slice(0, -1) });
        },
      },
    })),
  },
  {
    fault: 'takes a manifest whose references are missing',
    caught: 'manifests.put names every reference that is missing and stores nothing',
    create: spoilt(({ manifests }, own) => ({
      manifests: {
        ...manifests,
        async put(bytes, contentType, options) {
          for (const { digest } of parseLayers(bytes))
            own.blobs.set(digest, own.blobs.get(digest) ?? new Uint8Array());
          return manifests.put(bytes, contentType, options);
        },
      },
    })),
  },
  {
    fault: 'names only the first reference that is missing',
    caught: 'manifests.put names every reference that is missing and stores nothing',
    create: spoilt(({ manifests }) => ({
      manifests: {
        ...manifests,
        async put(bytes, contentType, options) {
          try {
            return await manifests.put(bytes, contentType, options);
          } catch (error) {
            throw isRegistryError(error, 'MANIFEST_BLOB_UNKNOWN') ? new RegistryError(error.code) : error;
          }
        },
      },
    })),
  },
  {
    fault: 'sets the tags before it looks at the manifest',
    caught: 'manifests.put names every reference that is missing and stores nothing',
    create: spoilt(({ manifests }, own) => ({
      manifests: {
        ...manifests,
        get: async (reference) =>
          own.tags.has(reference) ? found(reference, own) : manifests.get(reference),
        stat: async (reference) =>
          own.tags.has(reference) ? found(reference, own) : manifests.stat(reference),
        async put(bytes, contentType, options = {}) {
          for (const tag of options.tags ?? []) own.tags.set(tag, `sha256:${'a'.repeat(64)}`);
          return manifests.put(bytes, contentType, options);
        },
      },
    })),
  },
  {
    fault: 'serves a manifest that it parsed and wrote again',
    caught: 'manifests.get gives by digest and by tag the bytes that were put',
    create: spoilt(({ manifests }) => ({
      manifests: {
        ...manifests,
        async get(reference, options) {
          const manifest = await manifests.get(reference, options);
          const bytes = new TextEncoder().encode(
            JSON.stringify(JSON.parse(new TextDecoder().decode(manifest.bytes))),
          );
          return { ...manifest, bytes };
        },
      },
    })),
  },
  {
    fault: 'appends wherever the upload is, whatever offset the sender believes in',
    caught: 'uploads.append refuses another offset and leaves the upload as it was',
    create: spoilt(({ uploads }) => ({
      uploads: { ...uploads, append: (session, body) => uploads.append(session, body) },
    })),
  },
  {
    fault: 'destroys an upload when the digest is wrong, as CNCF Distribution does',
    caught: 'uploads.commit leaves the upload as it was when the digest is wrong',
    create: spoilt(({ uploads }, own) => ({
      uploads: {
        ...uploads,
        async commit(session, digest, last, options) {
          try {
            return await uploads.commit(session, digest, last, options);
          } catch (error) {
            own.uploads.delete(session);
            throw error;
          }
        },
      },
    })),
  },
  {
    fault: 'drops the bytes that came before the sender was cut off',
    caught: 'uploads.append keeps the bytes that came when the sender is cut off',
    create: spoilt(({ uploads }) => ({
      uploads: {
        ...uploads,
        append: async (session, body, options) =>
          uploads.append(session, fromChunks(await collect(body)), options),
      },
    })),
  },
  {
    fault: 'lets two writers at one offset write into each other',
    caught: 'uploads.commit takes each of two writers at one offset for itself',
    create: spoilt(({ uploads }, own) => ({
      uploads: {
        ...uploads,
        async append(session, body, options) {
          const first = own.uploads.get(session);
          const next = await uploads.append(session, body, options);
          const mixed = [...own.uploads.values()].filter(
            (upload) => upload.id === next.id && upload.bytes.length > 5,
          );
          const bytes = concat([
            first?.bytes ?? new Uint8Array(),
            ...mixed.map((upload) => upload.bytes.slice(5)),
          ]);
          const known = own.uploads.get(next.session);
          if (known !== undefined && mixed.length > 1) own.uploads.set(next.session, { ...known, bytes });
          return next;
        },
      },
    })),
  },
  {
    fault: 'serves the blobs of every repository from each',
    caught: 'blobs.stat and blobs.read reject a blob of another repository',
    create: spoilt(({ blobs }, _, registry) => ({
      blobs: {
        ...blobs,
        async stat(digest, options) {
          const mount = await blobs.mount(digest, { from: 'team/app', ...options });
          return mount.kind === 'mounted' ? mount.blob : blobs.stat(digest, options);
        },
        read: async (digest, options) => registry.repository('team/app').blobs.read(digest, options),
      },
    })),
  },
  {
    fault: 'hands out its own memory as the bytes of a blob',
    caught: 'blobs.read gives chunks that belong to who receives them',
    create: spoilt(({ blobs }, own) => ({
      blobs: {
        ...blobs,
        async read(digest, options) {
          const blob = await blobs.read(digest, options);
          const bytes = own.blobs.get(digest);
          return options?.range === undefined && bytes !== undefined
            ? { ...blob, body: fromChunks(bytes) }
            : blob;
        },
      },
    })),
  },
  {
    fault: 'forgets the filter of referrers',
    caught: 'referrers tells only those of the artifactType that was asked for',
    create: spoilt(({ referrers }) => ({
      referrers: (subject, { after = '', limit = 100 } = {}) => referrers(subject, { after, limit }),
    })),
  },
  {
    fault: 'filters referrers after it cut the page',
    caught: 'referrers tells pages that join without gap or repeat',
    create: spoilt(({ referrers }) => ({
      async referrers(subject, { artifactType, ...options } = {}) {
        const { items } = await referrers(subject, options);
        return {
          items: items.filter((item) => artifactType === undefined || item.artifactType === artifactType),
        };
      },
    })),
  },
  {
    fault: 'lists a repository once somebody asked for it',
    caught: 'repositories tells one only once it holds a manifest',
    create() {
      const registry = honestRegistry();
      return {
        ...registry,
        repository(name) {
          const repository = registry.repository(name);
          registry.holdingsOf(name).everHeldManifest = true;
          return repository;
        },
      };
    },
  },
  {
    fault: 'ignores the condition of a push',
    caught: 'manifests.put sets a tag under the condition "absent" only where the tag must be new',
    create: spoilt(({ manifests }) => ({
      manifests: {
        ...manifests,
        put: (bytes, contentType, { tags = [] } = {}) => manifests.put(bytes, contentType, { tags }),
      },
    })),
  },
];

function found(
  tag: string,
  own: Holdings,
): { mediaType: string; digest: Digest; size: number; bytes: Uint8Array } {
  const digest = own.tags.get(tag) ?? `sha256:${'a'.repeat(64)}`;
  const { bytes, mediaType } = own.manifests.get(digest) ?? { bytes: new Uint8Array(), mediaType: '' };
  return { mediaType, digest, size: bytes.byteLength, bytes };
}

function parseLayers(bytes: Uint8Array): readonly { readonly digest: Digest }[] {
  try {
    const manifest = parseManifest(bytes);
    return manifest.kind === 'image' ? [manifest.config, ...manifest.layers] : [];
  } catch {
    return [];
  }
}
