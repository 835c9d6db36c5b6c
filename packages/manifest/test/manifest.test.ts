import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  type Descriptor,
  type Manifest,
  artifactTypeOf,
  essenceOf,
  isImageMediaType,
  isIndexMediaType,
  isNonDistributable,
  mediaTypes,
  referencesOf,
} from '../src/index.ts';

const descriptor = (mediaType: string, digit: string): Descriptor => ({
  mediaType,
  digest: `sha256:${digit.repeat(64)}`,
  size: 1,
});
const config = descriptor('application/vnd.example.config', 'c');
const image: Manifest = {
  kind: 'image',
  mediaType: mediaTypes.ociImage,
  config,
  layers: [descriptor(mediaTypes.ociLayer, '1')],
};
const index: Manifest = {
  kind: 'index',
  mediaType: mediaTypes.ociIndex,
  manifests: [descriptor(mediaTypes.ociImage, '2')],
};

suite('referencesOf', () => {
  test('tells config and layers of an image, and the manifests of an index', () => {
    const roles = (manifest: Manifest): string[] =>
      referencesOf(manifest).map((found) => `${found.role} ${found.descriptor.digest.slice(7, 8)}`);
    assert.deepEqual(roles(image), ['config c', 'layer 1']);
    assert.deepEqual(roles(index), ['manifest 2']);
  });

  test('does not tell the subject: it may come later', () => {
    assert.equal(referencesOf({ ...index, subject: config }).length, 1);
  });
});

suite('artifactTypeOf', () => {
  test('is the artifactType, else the media type of the config, else nothing', () => {
    assert.equal(artifactTypeOf({ ...image, artifactType: 'x/y' }), 'x/y');
    for (const manifest of [image, { ...image, artifactType: '' }])
      assert.equal(artifactTypeOf(manifest), config.mediaType);
    assert.equal(artifactTypeOf({ ...index, artifactType: 'x/y' }), 'x/y');
    for (const manifest of [index, { ...index, artifactType: '' }])
      assert.equal(artifactTypeOf(manifest), undefined);
  });
});

suite('media types', () => {
  test('are of images or of indexes', () => {
    for (const mediaType of [mediaTypes.ociImage, mediaTypes.dockerImage]) {
      assert.ok(isImageMediaType(mediaType) && !isIndexMediaType(mediaType));
    }
    for (const mediaType of [mediaTypes.ociIndex, mediaTypes.dockerList]) {
      assert.ok(isIndexMediaType(mediaType) && !isImageMediaType(mediaType));
    }
    for (const mediaType of [mediaTypes.dockerSchema1, mediaTypes.ociConfig, '']) {
      assert.ok(!isImageMediaType(mediaType) && !isIndexMediaType(mediaType));
    }
  });

  test('isNonDistributable knows those of layers that may be missing', () => {
    assert.ok(isNonDistributable(mediaTypes.dockerForeignLayer));
    for (const suffix of ['v1.tar', 'v1.tar+gzip', 'v1.tar+zstd']) {
      assert.ok(isNonDistributable(`application/vnd.oci.image.layer.nondistributable.${suffix}`));
    }
    for (const mediaType of [
      mediaTypes.ociLayer,
      mediaTypes.dockerLayer,
      'application/vnd.oci.image.layer.nondistributable',
    ]) {
      assert.ok(!isNonDistributable(mediaType));
    }
  });

  test('essenceOf leaves out parameters', () => {
    assert.equal(essenceOf('Text/Plain; charset=utf-8'), 'text/plain');
    assert.equal(essenceOf(' application/json '), 'application/json');
    assert.equal(essenceOf(''), '');
  });
});
