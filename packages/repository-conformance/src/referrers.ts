import { digestOf } from '@lading/digest';
import { type Descriptor, mediaTypes } from '@lading/manifest';
import type { Page, PageOptions, PutManifest } from '@lading/repository';
import type { Cases } from './case.ts';
import { equal } from './check.ts';
import {
  descriptorOf,
  emptyConfig,
  emptyJson,
  imageBytes,
  indexBytes,
  pushBlob,
  pushImage,
  unknownDigest,
} from './content.ts';
import { joinPages } from './pages.ts';

const sbom = 'application/vnd.example.sbom';
const signature = 'application/vnd.example.signature';

/** What holds of `referrers`. */
export const referrerCases: Cases = [
  {
    name: 'referrers tells the manifests of a subject as descriptors, in the order of their digests',
    async run({ repository }) {
      const image = await pushImage(repository('team/app'), {}, { tags: ['v1'] });
      const subject = descriptorOf(image);
      const annotations = { 'org.example.note': 'checked' };
      const pushed: PutManifest[] = [];
      for (const artifactType of [sbom, signature, 'x/1', 'x/2']) {
        pushed.push(await pushImage(repository('team/app'), { subject, artifactType, annotations }));
      }
      const { items } = await repository('team/app').referrers(image.digest);
      equal(digests(items), digests(pushed).sort(), 'digests');
      const [first] = pushed;
      if (first === undefined) throw new Error('nothing was pushed');
      equal(first.subject, image.digest, 'subject told by the push');
      const expected = { ...descriptorOf(first), artifactType: sbom, annotations };
      equal(find(items, first.digest), expected, 'descriptor');
    },
  },
  {
    name: 'referrers tells as artifactType of an image without one the media type of its config',
    async run({ repository }) {
      const image = await pushImage(repository('team/app'));
      const config = { ...(await emptyConfig()), mediaType: 'application/vnd.example.config' };
      const { digest } = await pushImage(repository('team/app'), { subject: descriptorOf(image), config });
      const [found] = (await repository('team/app').referrers(image.digest)).items;
      equal(found?.digest, digest, 'digest');
      equal(found?.artifactType, 'application/vnd.example.config', 'artifactType');
    },
  },
  {
    name: 'referrers tells an index, and no artifactType where it has none',
    async run({ repository }) {
      const { manifests, referrers } = repository('team/app');
      const subject = descriptorOf(await pushImage(repository('team/app')));
      const plain = await manifests.put(indexBytes([], { subject }), mediaTypes.ociIndex);
      const typed = await manifests.put(indexBytes([], { subject, artifactType: sbom }), mediaTypes.ociIndex);
      const { items } = await referrers(subject.digest);
      equal(find(items, plain.digest), descriptorOf(plain), 'descriptor without artifactType');
      equal(
        find(items, typed.digest),
        { ...descriptorOf(typed), artifactType: sbom },
        'descriptor with artifactType',
      );
    },
  },
  {
    name: 'referrers tells only those of the artifactType that was asked for',
    async run({ repository }) {
      const subject = descriptorOf(await pushImage(repository('team/app')));
      const wanted = await pushImage(repository('team/app'), { subject, artifactType: sbom });
      await pushImage(repository('team/app'), { subject, artifactType: signature });
      await repository('team/app').manifests.put(indexBytes([], { subject }), mediaTypes.ociIndex);
      const { referrers } = repository('team/app');
      equal(
        digests((await referrers(subject.digest, { artifactType: sbom })).items),
        [wanted.digest],
        'digests',
      );
      equal(
        await referrers(subject.digest, { artifactType: 'x/none' }),
        { items: [] },
        'page of a type that none has',
      );
    },
  },
  {
    name: 'referrers tells those that were pushed before their subject',
    async run({ repository }) {
      await pushBlob(repository('team/app'), emptyJson);
      const bytes = await imageBytes({ annotations: { n: 'subject' } });
      const subject = {
        mediaType: mediaTypes.ociImage,
        digest: await digestOf(bytes),
        size: bytes.byteLength,
      };
      const { digest } = await pushImage(repository('team/app'), { subject, artifactType: sbom });
      equal(
        digests((await repository('team/app').referrers(subject.digest)).items),
        [digest],
        'before the subject',
      );
      await repository('team/app').manifests.put(bytes, mediaTypes.ociImage);
      equal(
        digests((await repository('team/app').referrers(subject.digest)).items),
        [digest],
        'after the subject',
      );
    },
  },
  {
    name: 'referrers tells none of what nobody refers to',
    async run({ repository }) {
      const { digest } = await pushImage(repository('team/app'));
      equal(await repository('team/app').referrers(digest), { items: [] }, 'page');
      equal(
        await repository('team/app').referrers(unknownDigest),
        { items: [] },
        'page of an unknown subject',
      );
    },
  },
  {
    name: 'referrers tells none of another repository',
    async run({ repository }) {
      const subject = descriptorOf(await pushImage(repository('team/app')));
      await pushImage(repository('team/other'), { subject, artifactType: sbom });
      equal(await repository('team/app').referrers(subject.digest), { items: [] }, 'page');
    },
  },
  {
    name: 'referrers tells a manifest no longer when it is deleted',
    async run({ repository }) {
      const subject = descriptorOf(await pushImage(repository('team/app')));
      const gone = await pushImage(repository('team/app'), { subject, artifactType: sbom });
      const stays = await pushImage(repository('team/app'), { subject, artifactType: signature });
      await repository('team/app').manifests.delete(gone.digest);
      equal(
        digests((await repository('team/app').referrers(subject.digest)).items),
        [stays.digest],
        'digests',
      );
    },
  },
  {
    name: 'referrers tells pages that join without gap or repeat',
    async run({ repository }) {
      const { referrers } = repository('team/app');
      const subject = descriptorOf(await pushImage(repository('team/app')));
      const pushed: PutManifest[] = [];
      for (let n = 0; n < 7; n++) {
        const artifactType = n % 2 === 0 ? sbom : signature;
        pushed.push(
          await pushImage(repository('team/app'), { subject, artifactType, annotations: { n: String(n) } }),
        );
      }
      const all = (page: PageOptions): Promise<Page<Descriptor>> => referrers(subject.digest, page);
      for (const limit of [1, 2, 6, 7, 8]) {
        equal(digests(await joinPages(all, limit)), digests(pushed).sort(), `pages of ${limit}`);
      }
      const sboms = digests(pushed.filter((_, n) => n % 2 === 0)).sort();
      const some = (page: PageOptions): Promise<Page<Descriptor>> =>
        referrers(subject.digest, { ...page, artifactType: sbom });
      equal(digests(await joinPages(some, 2)), sboms, 'pages of one type');
    },
  },
  {
    name: 'referrers tells once what a fallback tag names too',
    async run({ repository }) {
      const { manifests, referrers } = repository('team/app');
      const subject = descriptorOf(await pushImage(repository('team/app')));
      const pushed = await pushImage(repository('team/app'), { subject, artifactType: sbom });
      const stranger = await pushImage(repository('team/app'), { annotations: { n: 'no subject' } });
      const claimed = { ...descriptorOf(pushed), artifactType: 'x/claimed' };
      const tag = subject.digest.replace(':', '-');
      await manifests.put(indexBytes([claimed, descriptorOf(stranger)]), mediaTypes.ociIndex, {
        tags: [tag],
      });
      const expected = { ...descriptorOf(pushed), artifactType: sbom };
      equal(await referrers(subject.digest), { items: [expected] }, 'page');
    },
  },
];

function digests(items: readonly { readonly digest: string }[]): string[] {
  return items.map(({ digest }) => digest);
}

function find(items: readonly Descriptor[], digest: string): Descriptor | undefined {
  return items.find((item) => item.digest === digest);
}
