import assert from 'node:assert/strict';
import { isDigest } from '@lading/digest';
import type { StorageDriver } from '@lading/storage';
import { type Place, layout } from '../src/index.ts';
import { storedReferences } from '../src/stored-references.ts';

const decoder = new TextDecoder();

/** Every file of a storage, as text. */
export async function filesOf(storage: StorageDriver, directory = '/'): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name } of storage.list(directory, { recursive: true })) {
    const path = `${directory === '/' ? '' : directory}/${name}`;
    files.set(path, decoder.decode((await storage.get(path)).bytes));
  }
  return files;
}

/**
 * Fails unless everything in the tree that points at something points at what is there: tags at manifests of their repository, manifests at their blobs
 * and manifests, links at bytes.
 */
export async function assertSound(storage: StorageDriver): Promise<void> {
  const files = await filesOf(storage);
  const tree = layout();
  const places: { path: string; place: Place; text: string }[] = [];
  for (const [path, text] of files) {
    const place = tree.locate(path);
    if (place !== undefined) places.push({ path, place, text });
  }
  const hasFile = (path: string, from: string): void =>
    assert.ok(files.has(path), `${from} points at ${path}, which is not there`);
  const blobPath = (digest: string): string => {
    const [algorithm = '', digits = ''] = digest.split(':');
    return `${tree.blobs}/${algorithm}/${digits.slice(0, 2)}/${digits}/data`;
  };
  for (const { path, place, text } of places) {
    if (
      place.kind === 'layer' ||
      place.kind === 'revision' ||
      place.kind === 'tag' ||
      place.kind === 'tag-history'
    ) {
      assert.ok(isDigest(text), `${path} holds a digest`);
    }
    if (place.kind === 'layer') hasFile(blobPath(text), path);
    if (place.kind === 'tag') {
      assert.ok(isDigest(text));
      hasFile(tree.repository(place.repository).revision(text), path);
    }
    if (place.kind !== 'revision') continue;
    hasFile(blobPath(text), path);
    hasFile(tree.catalogEntry(place.repository), path);
    const manifest = files.get(blobPath(text)) ?? '';
    for (const digest of storedReferences(new TextEncoder().encode(manifest)).content) {
      const paths = tree.repository(place.repository);
      const known = files.has(paths.layer(digest)) || files.has(paths.revision(digest));
      assert.ok(known, `manifest ${path} needs ${digest}, which is not in the repository`);
      hasFile(blobPath(digest), path);
    }
  }
}
