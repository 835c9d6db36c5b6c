import type { StorageDriver } from '@lading/storage';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { ConformanceError, expectBytes, expectEqual, expectKind } from './expect.ts';
import { sample } from './sample.ts';

export const urls: readonly ConformanceCase[] = cases(
  'urls',
  {
    'a link gives the bytes to whoever has it': async ({ driver }) => {
      await driver.put('/a/file', sample(1000));
      const link = await urlOf(driver)('/a/file', { expires: 60 });
      const response = await fetch(link);
      expectEqual(response.status, 200, 'status');
      expectBytes(await response.bytes(), sample(1000), 'the bytes');
    },

    'a link gives ranges': async ({ driver }) => {
      await driver.put('/file', sample(1000));
      const link = await urlOf(driver)('/file', { expires: 60 });
      const response = await fetch(link, { headers: { range: 'bytes=100-199' } });
      expectEqual(response.status, 206, 'status');
      expectBytes(await response.bytes(), sample(1000).subarray(100, 200), 'the bytes');
    },

    'a link answers with the content type that was asked for': async ({ driver }) => {
      await driver.put('/file', sample(10));
      const contentType = 'application/vnd.oci.image.layer.v1.tar+gzip';
      const response = await fetch(await urlOf(driver)('/file', { expires: 60, contentType }));
      await response.body?.cancel();
      expectEqual(response.headers.get('content-type'), contentType, 'Content-Type');
    },

    'there is no link to what is no path': async ({ driver }) => {
      await expectKind(urlOf(driver)('/../file', { expires: 60 }), 'invalid-path', 'a path with dots');
      await expectKind(urlOf(driver)('/', { expires: 60 }), 'invalid-path', 'the root');
    },
  },
  'url',
);

function urlOf({ url }: StorageDriver): NonNullable<StorageDriver['url']> {
  if (url === undefined) throw new ConformanceError('url is missing');
  return url;
}
