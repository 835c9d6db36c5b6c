import { type ByteStream, concat, fromChunks } from '@lading/bytes';
import { type AlgorithmName, type Digest, algorithmOf, digestOf, isDigest } from '@lading/digest';
import { type ErrorCode, RegistryError, fromEntries } from '@lading/errors';
import {
  type Descriptor,
  artifactTypeOf,
  isNonDistributable,
  parseManifest,
  referencesOf,
} from '@lading/manifest';
import { isName, isTag } from '@lading/reference';
import type {
  Page,
  PageOptions,
  PutManifestOptions,
  Registry,
  Repository,
  TagCondition,
  Upload,
} from '@lading/repository';

/** What one repository holds. Broken registries reach into it. */
export interface Holdings {
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, { readonly bytes: Uint8Array; readonly mediaType: string }>;
  readonly tags: Map<string, Digest>;
  readonly uploads: Map<
    string,
    { readonly id: string; readonly algorithm: AlgorithmName; readonly bytes: Uint8Array; next?: string }
  >;
  readonly referrers: Map<string, Descriptor[]>;
  everHeldManifest: boolean;
}

/** A registry in the fewest lines that keep the contract: the suite must pass it, and fail each of its broken descendants. */
export function honestRegistry(): Registry & { readonly holdingsOf: (name: string) => Holdings } {
  const all = new Map<string, Holdings>();
  const holdingsOf = (name: string): Holdings => {
    const found = all.get(name) ?? {
      blobs: new Map(),
      manifests: new Map(),
      tags: new Map(),
      uploads: new Map(),
      referrers: new Map(),
      everHeldManifest: false,
    };
    all.set(name, found);
    return found;
  };
  return {
    holdingsOf,
    repository(name) {
      if (!isName(name)) throw new RegistryError('NAME_INVALID');
      return honestRepository(name, holdingsOf(name), holdingsOf);
    },
    async repositories(options) {
      return page(
        [...all].filter(([, { everHeldManifest }]) => everHeldManifest).map(([name]) => name),
        options,
      );
    },
  };
}

function honestRepository(name: string, own: Holdings, holdingsOf: (name: string) => Holdings): Repository {
  const put = async (
    bytes: Uint8Array,
    contentType: string | undefined,
    options: PutManifestOptions,
  ): Promise<Digest> => {
    options.signal?.throwIfAborted();
    const { tags = [], condition } = options;
    if (!tags.every(isTag)) throw new RegistryError('TAG_INVALID');
    const manifest = parseManifest(bytes, contentType);
    const digest = await digestOf(
      bytes,
      options.digest === undefined ? 'sha256' : (algorithmOf(options.digest) as AlgorithmName),
    );
    if (options.digest !== undefined && options.digest !== digest) throw new RegistryError('DIGEST_INVALID');
    for (const tag of tags)
      if (condition !== undefined && !holds(condition, own.tags.get(tag)))
        throw new RegistryError('DENIED', { status: 412 });
    const missing = referencesOf(manifest)
      .filter(
        ({ role, descriptor }) => !(role === 'manifest' ? own.manifests : own.blobs).has(descriptor.digest),
      )
      .filter(({ descriptor }) => !isNonDistributable(descriptor.mediaType));
    if (missing.length > 0)
      throw fromEntries(
        missing.map(({ descriptor }) => ({ code: 'MANIFEST_BLOB_UNKNOWN', detail: descriptor.digest })),
      );
    own.manifests.set(digest, { bytes: bytes.slice(), mediaType: manifest.mediaType });
    own.everHeldManifest = true;
    for (const tag of tags) own.tags.set(tag, digest);
    if (manifest.subject === undefined) return digest;
    const artifactType = artifactTypeOf(manifest);
    const descriptor = { mediaType: manifest.mediaType, digest, size: bytes.byteLength };
    const others = (own.referrers.get(manifest.subject.digest) ?? []).filter(
      (other) => other.digest !== digest,
    );
    own.referrers.set(manifest.subject.digest, [
      ...others,
      {
        ...descriptor,
        ...(artifactType === undefined ? {} : { artifactType }),
        ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }),
      },
    ]);
    return digest;
  };

  const find = async (
    reference: string,
  ): Promise<{ bytes: Uint8Array; mediaType: string; digest: Digest; size: number }> => {
    const digest = isDigest(reference) ? reference : own.tags.get(reference);
    const found = digest === undefined ? undefined : own.manifests.get(digest);
    if (digest === undefined || found === undefined) throw new RegistryError('MANIFEST_UNKNOWN');
    return { ...found, digest, size: found.bytes.byteLength };
  };

  const open = (
    session: string,
  ): { id: string; algorithm: AlgorithmName; bytes: Uint8Array; next?: string } =>
    own.uploads.get(session) ?? fail('BLOB_UPLOAD_UNKNOWN');

  const begin = (id: string, algorithm: AlgorithmName, bytes: Uint8Array): Upload => {
    const session = crypto.randomUUID();
    own.uploads.set(session, { id, algorithm, bytes });
    return { session, id, offset: bytes.byteLength };
  };

  const blob = (digest: Digest): Uint8Array => own.blobs.get(digest) ?? fail('BLOB_UNKNOWN');

  return {
    name,
    blobs: {
      stat: async (digest) => ({ digest, size: blob(digest).byteLength }),
      async read(digest, { range } = {}) {
        const bytes = blob(digest);
        const { offset = 0, length = Number.POSITIVE_INFINITY } = range ?? {};
        if (offset > bytes.byteLength) fail('RANGE_INVALID');
        return {
          digest,
          size: bytes.byteLength,
          body: fromChunks(bytes.slice(offset, Math.min(bytes.byteLength, offset + length))),
        };
      },
      async delete(digest) {
        if (!own.blobs.delete(digest)) fail('BLOB_UNKNOWN');
      },
      async mount(digest, { from } = {}) {
        const bytes = from === undefined || !isName(from) ? undefined : holdingsOf(from).blobs.get(digest);
        if (bytes === undefined)
          return { kind: 'upload', upload: begin(crypto.randomUUID(), 'sha256', new Uint8Array()) };
        own.blobs.set(digest, bytes);
        return { kind: 'mounted', blob: { digest, size: bytes.byteLength } };
      },
    },
    uploads: {
      create: async ({ algorithm = 'sha256' } = {}) =>
        begin(crypto.randomUUID(), algorithm, new Uint8Array()),
      async status(session) {
        let at = session;
        for (let next = open(at).next; next !== undefined; next = open(at).next) at = next;
        const { id, bytes } = open(at);
        return { session: at, id, offset: bytes.byteLength };
      },
      async append(session, body, { offset } = {}) {
        const upload = await taking(body, () => {
          const found = open(session);
          return offset === undefined || offset === found.bytes.byteLength ? found : fail('RANGE_INVALID');
        });
        const { bytes, failure } = await read(body);
        const next = begin(upload.id, upload.algorithm, concat([upload.bytes, bytes]));
        upload.next = next.session;
        if (failure !== undefined) throw failure;
        return next;
      },
      async commit(session, digest, last, { offset, size } = {}) {
        const upload = await taking(last, () => {
          const found = open(session);
          return offset === undefined || offset === found.bytes.byteLength ? found : fail('RANGE_INVALID');
        });
        const { bytes, failure } =
          last === undefined ? { bytes: new Uint8Array(), failure: undefined } : await read(last);
        if (failure !== undefined) throw failure;
        if (size !== undefined && size !== bytes.byteLength) fail('SIZE_INVALID');
        const whole = concat([upload.bytes, bytes]);
        if ((await digestOf(whole, algorithmOf(digest) as AlgorithmName)) !== digest) fail('DIGEST_INVALID');
        own.blobs.set(digest, whole);
        return { digest, size: whole.byteLength };
      },
      async cancel(session) {
        const { id } = open(session);
        for (const [other, upload] of own.uploads) if (upload.id === id) own.uploads.delete(other);
      },
    },
    manifests: {
      get: find,
      stat: find,
      async put(bytes, contentType, options = {}) {
        const { mediaType, digest, size } = await find(await put(bytes, contentType, options));
        const { subject } = parseManifest(bytes);
        return { mediaType, digest, size, ...(subject === undefined ? {} : { subject: subject.digest }) };
      },
      async delete(digest) {
        if (!own.manifests.delete(digest)) fail('MANIFEST_UNKNOWN');
        for (const [tag, target] of own.tags) if (target === digest) own.tags.delete(tag);
        for (const [subject, list] of own.referrers)
          own.referrers.set(
            subject,
            list.filter((entry) => entry.digest !== digest),
          );
      },
    },
    tags: {
      async list(options) {
        if (!own.everHeldManifest) fail('NAME_UNKNOWN');
        return page([...own.tags.keys()], options);
      },
      async delete(tag) {
        if (!own.tags.delete(tag)) fail('MANIFEST_UNKNOWN');
      },
      async set(tag, digest) {
        if (!isTag(tag)) fail('TAG_INVALID');
        await find(digest);
        own.tags.set(tag, digest);
      },
    },
    async referrers(subject, { artifactType, after = '', limit = Number.POSITIVE_INFINITY } = {}) {
      const entries = new Map(
        (own.referrers.get(subject) ?? []).map((entry) => [entry.digest as string, entry]),
      );
      const wanted = [...entries.values()].filter(
        (entry) => artifactType === undefined || entry.artifactType === artifactType,
      );
      const { items, next } = page(
        wanted.map((entry) => entry.digest),
        { after, limit },
      );
      return {
        items: items.flatMap((digest) => entries.get(digest) ?? []),
        ...(next === undefined ? {} : { next }),
      };
    },
  };
}

function fail(code: ErrorCode): never {
  throw new RegistryError(code);
}

function holds(condition: TagCondition, current: Digest | undefined): boolean {
  if (condition.kind === 'absent') return current === undefined;
  if (condition.kind === 'present') return current !== undefined;
  const named = current !== undefined && condition.digests.includes(current);
  return condition.kind === 'digest' ? named : !named;
}

/** A page of names in any order. */
export function page(
  names: readonly string[],
  { after = '', limit = Number.POSITIVE_INFINITY }: PageOptions = {},
): Page<string> {
  const rest = names.filter((name) => name > after).sort();
  const items = rest.slice(0, limit);
  const next = items.at(-1);
  return rest.length > items.length && next !== undefined ? { items, next } : { items };
}

/** Runs what may refuse a stream; then the stream is ended. */
async function taking<T>(body: ByteStream | undefined, check: () => T): Promise<T> {
  try {
    return check();
  } catch (error) {
    await body?.[Symbol.asyncIterator]().return?.();
    throw error;
  }
}

async function read(body: ByteStream): Promise<{ bytes: Uint8Array; failure: Error | undefined }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
  } catch (failure) {
    return { bytes: concat(chunks), failure: failure as Error };
  }
  return { bytes: concat(chunks), failure: undefined };
}
