/** OCI image layouts to push: made by hand, so that every corner of the format is in one of them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { digestOf, mediaTypes } from '../peers/push.ts';
import type { Descriptor } from '../peers/push.ts';

/** A layout directory that is being filled. */
interface LayoutWriter {
  readonly add: (bytes: Uint8Array, mediaType: string, algorithm?: string) => Promise<Descriptor>;
  readonly addJson: (content: object, mediaType: string, algorithm?: string) => Promise<Descriptor>;
  /** Makes it a layout of these references. */
  readonly finish: (references: Readonly<Record<string, Descriptor>>) => Promise<void>;
}

const layerTypes = {
  tar: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
};

export interface ImageOptions {
  /** `gzip`: all layers are, as Docker's formats have it. Default: one as zstd, and one as plain tar. */
  readonly layers?: 'gzip' | 'mixed';
  /** Default `sha256`. */
  readonly algorithm?: 'sha256' | 'sha512';
}

/**
 * Writes a layout with the references `image` (layers as gzip, zstd and plain tar, and one of no files),
 * `index` (two platforms) and `nested` (an index of indexes).
 */
export async function writeImages(directory: string, options: ImageOptions = {}): Promise<string> {
  const layout = await layoutWriter(directory);
  const images = [];
  for (const architecture of ['amd64', 'arm64']) {
    const image = await addImage(layout, architecture, options);
    images.push({ ...image, platform: { os: 'linux', architecture } });
  }
  const { algorithm } = options;
  const index = await addIndex(layout, images, algorithm);
  const nested = await addIndex(
    layout,
    [index, await addIndex(layout, images.slice(0, 1), algorithm)],
    algorithm,
  );
  const [image = index] = images;
  await layout.finish({ image: withoutPlatform(image), index, nested });
  return directory;
}

async function addImage(
  layout: LayoutWriter,
  architecture: string,
  { layers = 'mixed', algorithm }: ImageOptions,
): Promise<Descriptor> {
  const tars = {
    gzip: tar({ 'etc/motd': `Made for ${architecture}.\n` }),
    large: tar({ 'bin/large': 'A line of a file that compresses well.\n'.repeat(20_000) }),
    plain: tar({ 'etc/plain': 'not compressed\n' }),
    empty: tar({}),
  };
  const gzip = (bytes: Buffer): Promise<Descriptor> =>
    layout.add(gzipSync(bytes), layerTypes.gzip, algorithm);
  const mixed = layers === 'mixed';
  const descriptors = [
    await gzip(tars.gzip),
    mixed
      ? await layout.add(zstdCompressSync(tars.large), layerTypes.zstd, algorithm)
      : await gzip(tars.large),
    mixed ? await layout.add(tars.plain, layerTypes.tar, algorithm) : await gzip(tars.plain),
    await gzip(tars.empty),
  ];
  const config = {
    architecture,
    os: 'linux',
    config: { Env: ['PATH=/bin'], Cmd: ['/bin/large'] },
    rootfs: { type: 'layers', diff_ids: Object.values(tars).map((bytes) => digestOf(bytes)) },
    history: Object.keys(tars).map((name) => ({ created_by: `made by hand: ${name}` })),
  };
  return layout.addJson(
    {
      schemaVersion: 2,
      mediaType: mediaTypes.image,
      config: await layout.addJson(config, mediaTypes.config, algorithm),
      layers: descriptors,
      annotations: { 'org.example.spaces': '  kept  ', 'org.example.unicode': 'Schiffsladung ⚓' },
    },
    mediaTypes.image,
    algorithm,
  );
}

function addIndex(
  layout: LayoutWriter,
  manifests: readonly Descriptor[],
  algorithm?: 'sha256' | 'sha512',
): Promise<Descriptor> {
  const content = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
  return layout.addJson(content, mediaTypes.index, algorithm);
}

async function layoutWriter(directory: string): Promise<LayoutWriter> {
  const add = async (bytes: Uint8Array, mediaType: string, algorithm = 'sha256'): Promise<Descriptor> => {
    const digest = digestOf(bytes, algorithm);
    const file = blobFile(directory, digest);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, bytes);
    return { mediaType, digest, size: bytes.byteLength };
  };
  return {
    add,
    addJson: (content, mediaType, algorithm) =>
      add(Buffer.from(JSON.stringify(content)), mediaType, algorithm),
    finish: async (references) => {
      const manifests = Object.entries(references).map(([name, descriptor]) => ({
        ...descriptor,
        annotations: { [referenceName]: name },
      }));
      await writeFile(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
      await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    },
  };
}

const referenceName = 'org.opencontainers.image.ref.name';

/** What a reference of a layout names; the only manifest when it has but one. */
export async function resolveInLayout(directory: string, reference: string): Promise<Descriptor> {
  const { manifests } = JSON.parse(await readFile(join(directory, 'index.json'), 'utf8')) as {
    manifests: readonly Descriptor[];
  };
  const named = manifests.find(({ annotations }) => annotations?.[referenceName] === reference);
  const [only] = manifests.length === 1 ? manifests : [];
  const found = named ?? only;
  if (found === undefined)
    throw new Error(`Cannot find "${reference}" in the layout: ${manifests.length} others`);
  return found;
}

/**
 * Every blob below a reference of a layout by its digest, in the order they are met. Rejects when one is
 * missing or has other bytes than its digest says.
 */
export async function contentOf(directory: string, reference: string): Promise<ReadonlyMap<string, Buffer>> {
  const content = new Map<string, Buffer>();
  const visit = async ({ digest, mediaType }: Descriptor): Promise<void> => {
    if (content.has(digest)) return;
    const bytes = await readFile(blobFile(directory, digest));
    const found = digestOf(bytes, digest.split(':')[0]);
    if (found !== digest) throw new Error(`Cannot use the layout: ${digest} holds bytes of ${found}`);
    content.set(digest, bytes);
    if (!/manifest|index/.test(mediaType)) return;
    const {
      config,
      layers = [],
      manifests = [],
    } = JSON.parse(bytes.toString()) as {
      config?: Descriptor;
      layers?: readonly Descriptor[];
      manifests?: readonly Descriptor[];
    };
    for (const child of [...(config ? [config] : []), ...layers, ...manifests]) await visit(child);
  };
  await visit(await resolveInLayout(directory, reference));
  return content;
}

function blobFile(directory: string, digest: string): string {
  return join(directory, 'blobs', ...digest.split(':'));
}

function withoutPlatform({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

/** A tar archive of some text files: the few fields of a header that matter. */
export function tar(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const content = Buffer.from(text);
    const padding = Buffer.alloc((512 - (content.byteLength % 512)) % 512);
    return [tarHeader(name, content.byteLength), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void => {
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  };
  header.write(name, 0);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  header.fill(' ', 148, 156);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return header;
}
