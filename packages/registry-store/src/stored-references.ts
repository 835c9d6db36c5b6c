import { type Digest, isDigest } from '@lading/digest';

/** What the bytes of a manifest point at, whoever wrote them and whatever its media type is. */
export interface StoredReferences {
  /** Everything it needs: config, layers, manifests. */
  readonly content: readonly Digest[];
  readonly subject?: Digest;
}

type Json = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder();

/**
 * Reads what a stored manifest points at. For garbage collection: it takes what a push would refuse, schema 1 and old artifacts included, and
 * rather finds too much.
 *
 * @throws {SyntaxError} when the bytes are not a JSON object: what they point at cannot be known.
 */
export function storedReferences(bytes: Uint8Array): StoredReferences {
  const json: unknown = JSON.parse(decoder.decode(bytes));
  if (!isObject(json)) throw new SyntaxError('Cannot read manifest: it is not a JSON object');
  const lists = ['layers', 'manifests', 'blobs', 'fsLayers'].flatMap((key) =>
    Array.isArray(json[key]) ? (json[key] as unknown[]) : [],
  );
  const content = [json['config'], ...lists].flatMap(digestsIn);
  const [subject] = digestsIn(json['subject']);
  return { content, ...(subject === undefined ? {} : { subject }) };
}

/** The digest of a descriptor, or of a layer of schema 1. */
function digestsIn(value: unknown): Digest[] {
  if (!isObject(value)) return [];
  return [value['digest'], value['blobSum']].filter(
    (text): text is Digest => typeof text === 'string' && isDigest(text),
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
