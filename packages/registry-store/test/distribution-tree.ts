import { type Digest, algorithmOf, digestOf, encodedOf } from '@lading/digest';
import type { Descriptor } from '@lading/manifest';
import type { StorageDriver } from '@lading/storage';

const root = '/docker/registry/v2';
const encoder = new TextEncoder();

/** Writes a tree as CNCF Distribution v3 does, file by file. Its paths are spelled out here, so that they do not come from what is tested. */
export function distributionTree(storage: StorageDriver) {
  const put = (path: string, text: string | Uint8Array): Promise<unknown> =>
    storage.put(path, typeof text === 'string' ? encoder.encode(text) : text);
  const at = (digest: Digest): string => `${algorithmOf(digest)}/${encodedOf(digest)}`;

  const blob = async (bytes: Uint8Array): Promise<Digest> => {
    const digest = await digestOf(bytes);
    await put(`${root}/blobs/sha256/${encodedOf(digest).slice(0, 2)}/${encodedOf(digest)}/data`, bytes);
    return digest;
  };

  return {
    /** A layer, always kept under sha256; one pushed under another algorithm has a second link, which holds the sha256 digest. */
    async layer(repository: string, bytes: Uint8Array, alias?: Digest): Promise<Descriptor> {
      const digest = await blob(bytes);
      await put(`${root}/repositories/${repository}/_layers/${at(digest)}/link`, digest);
      if (alias !== undefined)
        await put(`${root}/repositories/${repository}/_layers/${at(alias)}/link`, digest);
      return {
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest: alias ?? digest,
        size: bytes.byteLength,
      };
    },

    async manifest(repository: string, json: object, tags: readonly string[] = []): Promise<Digest> {
      const digest = await blob(encoder.encode(JSON.stringify(json, undefined, 3)));
      const manifests = `${root}/repositories/${repository}/_manifests`;
      await put(`${manifests}/revisions/${at(digest)}/link`, digest);
      for (const tag of tags) {
        await put(`${manifests}/tags/${tag}/index/${at(digest)}/link`, digest);
        await put(`${manifests}/tags/${tag}/current/link`, digest);
      }
      return digest;
    },

    async upload(repository: string, id: string, startedAt: string): Promise<void> {
      const directory = `${root}/repositories/${repository}/_uploads/${id}`;
      await put(`${directory}/startedat`, startedAt);
      await put(`${directory}/data`, 'half a blob');
      await put(`${directory}/hashstates/sha256/11`, new Uint8Array(108));
    },

    /** Deletes the bytes of a blob and leaves the links, as Distribution's garbage collection did for long. */
    async forgetBlob(digest: Digest): Promise<void> {
      await storage.delete(`${root}/blobs/sha256/${encodedOf(digest).slice(0, 2)}/${encodedOf(digest)}`);
    },
  };
}
