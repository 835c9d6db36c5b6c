import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isRegistryError } from '@lading/errors';
import fc from 'fast-check';
import { maxManifestSize, mediaTypeOf, mediaTypes, parseManifest } from '../src/index.ts';

const sha256 = `sha256:${'a'.repeat(64)}`;
const config = { mediaType: mediaTypes.ociConfig, digest: sha256, size: 2 };
const layer = { mediaType: mediaTypes.ociLayerGzip, digest: `sha512:${'b'.repeat(128)}`, size: 100 };
const image = { schemaVersion: 2, mediaType: mediaTypes.ociImage, config, layers: [layer] };
const child = {
  mediaType: mediaTypes.ociImage,
  digest: sha256,
  size: 500,
  platform: { architecture: 'amd64', os: 'linux' },
};
const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [child] };

function bytesOf(json: unknown): Uint8Array {
  return new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
}

/** The problems with which something is refused, by the path of the member. */
function problems(json: unknown, contentType?: string): unknown[] {
  try {
    parseManifest(bytesOf(json), contentType);
  } catch (error) {
    assert.ok(isRegistryError(error, 'MANIFEST_INVALID'), String(error));
    assert.equal(error.status, 400);
    return error.entries.map(
      ({ detail, message }) => (detail as { path?: string } | undefined)?.path ?? message,
    );
  }
  return [];
}

suite('parseManifest reads', () => {
  test('an OCI image', () => {
    const annotations = { 'org.example.note': 'x' };
    const found = parseManifest(
      bytesOf({ ...image, annotations, artifactType: 'x/y', subject: child }),
      mediaTypes.ociImage,
    );
    assert.deepEqual(found, {
      kind: 'image',
      mediaType: mediaTypes.ociImage,
      config,
      layers: [layer],
      annotations,
      artifactType: 'x/y',
      subject: child,
    });
  });

  test('an OCI index, nested and empty', () => {
    assert.deepEqual(parseManifest(bytesOf(index)), {
      kind: 'index',
      mediaType: mediaTypes.ociIndex,
      manifests: [child],
    });
    const nested = { ...index, manifests: [{ ...child, mediaType: mediaTypes.ociIndex }] };
    assert.equal(parseManifest(bytesOf(nested)).kind, 'index');
    for (const manifests of [[], null]) {
      assert.deepEqual(parseManifest(bytesOf({ ...index, manifests })), {
        kind: 'index',
        mediaType: mediaTypes.ociIndex,
        manifests: [],
      });
    }
  });

  test('Docker schema 2 and lists', () => {
    assert.equal(
      parseManifest(bytesOf({ ...image, mediaType: mediaTypes.dockerImage }), mediaTypes.dockerImage).kind,
      'image',
    );
    assert.equal(
      parseManifest(bytesOf({ ...index, mediaType: mediaTypes.dockerList }), mediaTypes.dockerList).kind,
      'index',
    );
  });

  test('an image without mediaType, by Content-Type or by its members', () => {
    const { mediaType: _, ...plain } = image;
    for (const contentType of [
      undefined,
      '',
      mediaTypes.ociImage,
      `${mediaTypes.ociImage.toUpperCase()} ; charset=utf-8`,
    ]) {
      assert.equal(parseManifest(bytesOf(plain), contentType).mediaType, mediaTypes.ociImage);
    }
    const { mediaType: __, ...plainIndex } = index;
    assert.equal(parseManifest(bytesOf(plainIndex)).mediaType, mediaTypes.ociIndex);
  });

  test('an image without layers', () => {
    for (const layers of [[], null, undefined]) {
      const found = parseManifest(bytesOf({ ...image, layers }));
      assert.deepEqual(found.kind === 'image' && found.layers, []);
    }
  });

  test('members that nobody knows, and descriptors with all that they may have', () => {
    const full = {
      ...layer,
      urls: ['https://example.com'],
      annotations: { a: 'b' },
      data: 'e30=',
      artifactType: 'x/y',
    };
    const found = parseManifest(bytesOf({ ...image, layers: [full], 'org.example.custom': { deep: [1] } }));
    assert.deepEqual(found.kind === 'image' && found.layers, [full]);
  });
});

suite('parseManifest refuses', () => {
  test('what is no JSON object in UTF-8', () => {
    for (const json of ['', 'text', '{', '[]', 'null', '1', '"text"', `\uFEFF${JSON.stringify(image)}`]) {
      assert.equal(problems(json).length, 1, json);
    }
    assert.throws(
      () => parseManifest(new Uint8Array([0x7b, 0xff, 0x7d])),
      (error) => isRegistryError(error, 'MANIFEST_INVALID'),
    );
  });

  test('a Content-Type that says otherwise than the bytes', () => {
    assert.deepEqual(problems(image, mediaTypes.ociIndex), ['mediaType']);
    assert.deepEqual(problems(image, 'application/json'), ['mediaType']);
    assert.deepEqual(problems(index, mediaTypes.dockerList), ['mediaType']);
  });

  test('both layers and manifests, or config and manifests', () => {
    assert.ok(problems({ ...image, manifests: [child] }).includes('manifests'));
    assert.ok(problems({ ...index, layers: [layer] }).includes('manifests'));
    assert.ok(problems({ ...index, config }).includes('manifests'));
  });

  test('members that differ from those of the specification in case alone', () => {
    assert.deepEqual(problems({ ...image, Layers: [] }), ['Layers']);
    assert.deepEqual(problems({ ...image, MEDIATYPE: mediaTypes.ociIndex }), ['MEDIATYPE']);
  });

  test('schema 1, with the reason', () => {
    const [message] = problems({ schemaVersion: 1, fsLayers: [], signatures: [] });
    assert.match(String(message), /schema 1.*push it as/);
  });

  test('media types that it does not know', () => {
    for (const mediaType of ['text/plain', '', mediaTypes.dockerSchema1, 'x'.repeat(10_000)]) {
      const [message] = problems({ ...image, mediaType });
      assert.match(String(message), /mediaType ".*" is none of/);
      assert.ok(String(message).length < 1000);
    }
    assert.equal(problems({ schemaVersion: 2 }).length, 1);
    assert.equal(problems({ ...image, mediaType: 7 }).length, 1);
  });

  test('everything else that is wrong, all at once, by its path', () => {
    const wrong = {
      schemaVersion: 3,
      mediaType: mediaTypes.ociImage,
      artifactType: 1,
      annotations: { a: 1 },
      config: null,
      layers: [
        { mediaType: '', digest: 'sha256:short', size: -1 },
        'text',
        { ...layer, size: 1.5, urls: 'https://example.com', annotations: [] },
      ],
      subject: { ...child, digest: sha256.toUpperCase() },
    };
    assert.deepEqual(problems(wrong).map(String).sort(), [
      'annotations',
      'artifactType',
      'config',
      'layers[0].digest',
      'layers[0].mediaType',
      'layers[0].size',
      'layers[1]',
      'layers[2].annotations',
      'layers[2].size',
      'layers[2].urls',
      'schemaVersion',
      'subject.digest',
    ]);
    assert.deepEqual(problems({ ...index, manifests: {} }), ['manifests']);
    assert.deepEqual(problems({ ...image, layers: 'text' }), ['layers']);
  });

  test('no more than a hundred problems', () => {
    assert.equal(problems({ ...image, layers: Array.from({ length: 10_000 }, () => 1) }).length, 100);
  });
});

suite('parseManifest', () => {
  test('reads or refuses any JSON, and throws nothing else', () => {
    const member = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>(
        config,
        layer,
        child,
        [layer],
        [child],
        2,
        mediaTypes.ociImage,
        mediaTypes.ociIndex,
      ),
    );
    const keys = [
      'schemaVersion',
      'mediaType',
      'artifactType',
      'config',
      'layers',
      'manifests',
      'subject',
      'annotations',
    ];
    const manifest = fc.dictionary(fc.constantFrom(...keys), member);
    fc.assert(
      fc.property(
        fc.oneof(manifest, fc.jsonValue()),
        fc.option(fc.string(), { nil: undefined }),
        (json, contentType) => {
          problems(json, contentType);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('reads or refuses any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.throws(
          () => parseManifest(bytes),
          (error) => isRegistryError(error, 'MANIFEST_INVALID'),
        );
      }),
    );
  });

  test('takes deep and large manifests', () => {
    const deep = `{"schemaVersion":2,"mediaType":"${mediaTypes.ociIndex}","manifests":[],"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    try {
      assert.equal(parseManifest(bytesOf(deep)).kind, 'index');
    } catch (error) {
      // Some runtimes read no JSON that deep.
      assert.ok(isRegistryError(error, 'MANIFEST_INVALID'));
    }
    const layers = Array.from({ length: 20_000 }, () => layer);
    const large = bytesOf({ ...image, layers });
    assert.ok(large.byteLength > maxManifestSize);
    const found = parseManifest(large);
    assert.equal(found.kind === 'image' && found.layers.length, 20_000);
  });
});

suite('mediaTypeOf', () => {
  test('tells what a stored manifest is, whoever wrote it', () => {
    const { mediaType: _, ...plain } = image;
    for (const [json, expected] of [
      [image, mediaTypes.ociImage],
      [plain, mediaTypes.ociImage],
      [{ layers: [] }, mediaTypes.ociImage],
      [{ manifests: [] }, mediaTypes.ociIndex],
      [{ ...plain, mediaType: '' }, mediaTypes.ociImage],
      [
        { mediaType: 'application/vnd.oci.artifact.manifest.v1+json', blobs: [] },
        'application/vnd.oci.artifact.manifest.v1+json',
      ],
      [{ schemaVersion: 1 }, mediaTypes.dockerSchema1],
      [{ schemaVersion: 1, signatures: [] }, mediaTypes.dockerSignedSchema1],
    ] as const) {
      assert.equal(mediaTypeOf(bytesOf(json)), expected);
    }
  });

  test('tells none that could not stand in a header', () => {
    const { mediaType: _, ...plain } = image;
    for (const mediaType of [
      'text',
      'text/html; charset=utf-8',
      'a/b\r\nSet-Cookie: x',
      'a/ü',
      `a/${'b'.repeat(200)}`,
      7,
    ]) {
      assert.equal(mediaTypeOf(bytesOf({ ...plain, mediaType })), mediaTypes.ociImage);
    }
  });

  test('throws MANIFEST_INVALID when nothing tells', () => {
    for (const json of ['text', '[]', '{}', '{"schemaVersion":2}']) {
      assert.throws(
        () => mediaTypeOf(bytesOf(json)),
        (error) => isRegistryError(error, 'MANIFEST_INVALID'),
      );
    }
  });
});
