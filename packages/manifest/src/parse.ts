import { type Digest, isDigest } from '@lading/digest';
import { type ErrorEntry, RegistryError, fromEntries } from '@lading/errors';
import type { Descriptor } from './descriptor.ts';
import type { Manifest } from './manifest.ts';
import {
  type ManifestMediaType,
  essenceOf,
  isImageMediaType,
  isIndexMediaType,
  mediaTypes,
} from './media-types.ts';

/** Largest manifest that a registry must take, in bytes (distribution-spec, "Pushing Manifests"). */
export const maxManifestSize: number = 4 * 1024 * 1024;

type Json = Readonly<Record<string, unknown>>;
type Report = (path: string, problem: string) => void;

/**
 * Reads and validates a manifest: OCI image manifest and index, Docker schema 2 and manifest list.
 *
 * The media type comes from the bytes. A `contentType` that says otherwise, a manifest with both `layers` and
 * `manifests`, or keys that differ from the specification's in case alone are refused: two readers must not take the
 * same bytes for different things.
 *
 * @param bytes the manifest as received. Not kept.
 * @param contentType what the sender said it is, with or without parameters.
 * @throws {RegistryError} MANIFEST_INVALID, naming every problem at once, up to a hundred.
 */
export function parseManifest(bytes: Uint8Array, contentType?: string): Manifest {
  const json = readObject(bytes);
  // An empty Content-Type says nothing.
  const declared = contentType === undefined ? undefined : essenceOf(contentType) || undefined;
  const mediaType = detect(json, declared);
  const problems: ErrorEntry[] = [];
  const report: Report = (path, problem) => {
    if (problems.length < 100)
      problems.push({
        code: 'MANIFEST_INVALID',
        message: `Cannot parse manifest: ${path} ${problem}`,
        detail: { path },
      });
  };
  checkShape(json, report);
  if (declared !== undefined && declared !== mediaType)
    report('mediaType', `is "${mediaType}", but Content-Type says "${declared}"`);
  const manifest = isImageMediaType(mediaType)
    ? readImage(json, mediaType, report)
    : readIndex(json, mediaType, report);
  if (problems.length > 0) throw fromEntries(problems);
  return manifest;
}

const mediaTypeGrammar = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}$/;

/**
 * The media type of a stored manifest, for bytes that were written by somebody else and may follow no rule: its
 * `mediaType`, if it is one that may stand in a header, else what its members say. Never validates more than that.
 *
 * @throws {RegistryError} MANIFEST_INVALID when the bytes are not a JSON object or nothing tells what they are.
 */
export function mediaTypeOf(bytes: Uint8Array): string {
  const json = readObject(bytes);
  if (json['schemaVersion'] === 1)
    return 'signatures' in json ? mediaTypes.dockerSignedSchema1 : mediaTypes.dockerSchema1;
  const stated = json['mediaType'];
  if (typeof stated === 'string' && mediaTypeGrammar.test(stated)) return stated;
  const sniffed = sniff(json);
  if (sniffed === undefined) throw invalid('it has neither mediaType, config nor manifests');
  return sniffed;
}

function invalid(why: string, cause?: unknown): RegistryError {
  return new RegistryError('MANIFEST_INVALID', { message: `Cannot parse manifest: ${why}`, cause });
}

function readObject(bytes: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw invalid('it is not JSON in UTF-8', cause);
  }
  if (!isObject(value)) throw invalid('it is not a JSON object');
  return value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sniff(json: Json): ManifestMediaType | undefined {
  if ('manifests' in json) return mediaTypes.ociIndex;
  if ('config' in json || 'layers' in json) return mediaTypes.ociImage;
  return undefined;
}

function detect(json: Json, declared: string | undefined): ManifestMediaType {
  if (json['schemaVersion'] === 1) {
    throw invalid(
      'it is a Docker schema 1 manifest, which this registry does not take; push it as OCI image or Docker schema 2',
    );
  }
  const stated = json['mediaType'];
  // Only the OCI types may leave `mediaType` out of the bytes; Content-Type then tells, if it fits the members.
  const found =
    stated ?? (declared === mediaTypes.ociImage || declared === mediaTypes.ociIndex ? declared : sniff(json));
  if (typeof found !== 'string') throw invalid('it has neither mediaType, config nor manifests');
  if (isImageMediaType(found) || isIndexMediaType(found)) return found;
  throw new RegistryError('MANIFEST_INVALID', {
    message: `Cannot parse manifest: its mediaType ${JSON.stringify(found.slice(0, 200))} is none of ${[mediaTypes.ociImage, mediaTypes.ociIndex, mediaTypes.dockerImage, mediaTypes.dockerList].join(', ')}`,
  });
}

const knownKeys = [
  'schemaVersion',
  'mediaType',
  'artifactType',
  'config',
  'layers',
  'manifests',
  'subject',
  'annotations',
];
const byLowerCase = new Map(knownKeys.map((key) => [key.toLowerCase(), key]));

function checkShape(json: Json, report: Report): void {
  if (json['schemaVersion'] !== 2) report('schemaVersion', 'must be 2');
  for (const key of Object.keys(json)) {
    const known = byLowerCase.get(key.toLowerCase());
    if (known !== undefined && known !== key) report(key, `must be spelled "${known}"`);
  }
  if ('manifests' in json && ('layers' in json || 'config' in json)) {
    report('manifests', 'must not stand beside config or layers');
  }
}

function readImage(json: Json, mediaType: ManifestMediaType, report: Report): Manifest {
  const config = readDescriptor(json['config'], 'config', report);
  // `layers` may be null or absent in artifacts that Go programs wrote from an empty slice.
  const layers =
    json['layers'] === undefined || json['layers'] === null
      ? []
      : readDescriptors(json['layers'], 'layers', report);
  return { kind: 'image', mediaType, config, layers, ...readCommon(json, report) };
}

function readIndex(json: Json, mediaType: ManifestMediaType, report: Report): Manifest {
  const manifests = json['manifests'] === null ? [] : readDescriptors(json['manifests'], 'manifests', report);
  return { kind: 'index', mediaType, manifests, ...readCommon(json, report) };
}

function readCommon(json: Json, report: Report): Pick<Manifest, 'artifactType' | 'subject' | 'annotations'> {
  const { artifactType, subject } = json;
  if (artifactType !== undefined && typeof artifactType !== 'string')
    report('artifactType', 'must be a string');
  const annotations = readAnnotations(json['annotations'], 'annotations', report);
  return {
    ...(typeof artifactType === 'string' ? { artifactType } : {}),
    ...(subject === undefined || subject === null
      ? {}
      : { subject: readDescriptor(subject, 'subject', report) }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function readDescriptors(value: unknown, path: string, report: Report): Descriptor[] {
  if (!Array.isArray(value)) {
    report(path, 'must be an array of descriptors');
    return [];
  }
  return value.map((entry: unknown, index) => readDescriptor(entry, `${path}[${index}]`, report));
}

function readDescriptor(value: unknown, path: string, report: Report): Descriptor {
  if (!isObject(value)) {
    report(path, 'must be a descriptor');
    return { mediaType: '', digest: ':', size: 0 };
  }
  const { mediaType, digest, size, urls, data, artifactType } = value;
  if (typeof mediaType !== 'string' || mediaType === '') report(`${path}.mediaType`, 'must be a media type');
  if (typeof digest !== 'string' || !isDigest(digest))
    report(`${path}.digest`, 'must be a sha256 or sha512 digest');
  if (!Number.isSafeInteger(size) || (size as number) < 0)
    report(`${path}.size`, 'must be a whole number of bytes');
  if (urls !== undefined && urls !== null && !isStrings(urls))
    report(`${path}.urls`, 'must be an array of strings');
  const annotations = readAnnotations(value['annotations'], `${path}.annotations`, report);
  return {
    mediaType: mediaType as string,
    digest: digest as Digest,
    size: size as number,
    ...(isStrings(urls) ? { urls } : {}),
    ...(annotations === undefined ? {} : { annotations }),
    ...(typeof data === 'string' ? { data } : {}),
    ...(typeof artifactType === 'string' ? { artifactType } : {}),
    ...(isObject(value['platform'])
      ? { platform: value['platform'] as unknown as NonNullable<Descriptor['platform']> }
      : {}),
  };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function readAnnotations(value: unknown, path: string, report: Report): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined;
  if (isObject(value) && Object.values(value).every((entry) => typeof entry === 'string'))
    return value as Record<string, string>;
  report(path, 'must map strings to strings');
  return undefined;
}
