import type { StorageDriver, Version } from '@lading/storage';
import { isStorageError } from '@lading/storage';
import type { ConformanceCase } from './case.ts';
import { cases } from './cases.ts';
import { expectEqual, expectKind } from './expect.ts';
import { bytesOf, kindAt, putText, race, sourceOf, textAt } from './sample.ts';

const rounds = 20;

export const conditional: readonly ConformanceCase[] = cases(
  'conditional',
  {
    'put over the present version replaces it, and tells the new one': async ({ driver }) => {
      const first = await putText(driver, '/file', 'one');
      const second = await driver.put('/file', bytesOf('two'), { ifVersion: first });
      const third = await driver.put('/file', bytesOf('three'), { ifVersion: second });
      expectEqual((await driver.get('/file')).version, third, 'the version');
      expectEqual(await textAt(driver, '/file'), 'three', 'the file');
    },

    'put over another version is changed, and leaves what is there': async ({ driver, other }) => {
      const first = await putText(driver, '/file', 'one');
      await putText(other, '/file', 'two');
      await expectKind(driver.put('/file', bytesOf('three'), { ifVersion: first }), 'changed', 'put');
      expectEqual(await textAt(driver, '/file'), 'two', 'the file');
    },

    'put over a version of what is gone is changed': async ({ driver }) => {
      const version = await putText(driver, '/a/file', 'one');
      await driver.delete('/a/file');
      await expectKind(driver.put('/a/file', bytesOf('two'), { ifVersion: version }), 'changed', 'put');
      await expectKind(
        driver.put('/b/other', bytesOf('two'), { ifVersion: version }),
        'changed',
        'put elsewhere',
      );
      expectEqual(await kindAt(driver, '/a/file'), 'nothing', 'the file');
      expectEqual(await kindAt(driver, '/b/other'), 'nothing', 'the other');
    },

    'a version of what was written in a stream serves too': async ({ driver }) => {
      await driver.write('/file', sourceOf([bytesOf('one')]).stream);
      const stat = await driver.stat('/file');
      const version = stat.kind === 'file' ? stat.version : '';
      await driver.put('/file', bytesOf('two'), { ifVersion: version });
      expectEqual(await textAt(driver, '/file'), 'two', 'the file');
    },

    'of many puts over one version exactly one wins': async ({ driver, other }) => {
      let version = await putText(driver, '/a/file', 'start');
      for (let round = 0; round < 5; round += 1) {
        const results = await race(
          Array.from({ length: 20 }, (_, index) => async () => {
            const from = index % 2 === 0 ? driver : other;
            const won = await from.put('/a/file', bytesOf(`${round}.${index}`), { ifVersion: version });
            return { version: won, text: `${round}.${index}` };
          }),
        );
        const winners = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
        const { version: present } = await driver.get('/a/file');
        expectEqual(
          winners,
          [{ version: present, text: await textAt(driver, '/a/file') }],
          `who won round ${round}`,
        );
        version = present;
      }
    },

    'a counter that many increment loses none': async ({ driver, other }) => {
      await putText(driver, '/counter', '0');
      const increments = 10;
      const workers = [driver, other, driver, other].map((each) => async () => {
        for (let done = 0; done < increments;) if (await increment(each)) done += 1;
      });
      await Promise.all(workers.map((work) => work()));
      expectEqual(await textAt(driver, '/counter'), String(workers.length * increments), 'the counter');
    },

    'a plain put beside a put over a version is never lost': async ({ driver, other }) => {
      for (let round = 0; round < rounds; round += 1) {
        const version = await putText(driver, '/file', 'start');
        await Promise.all([swap(driver, version, 'swapped'), putText(other, '/file', 'plain')]);
        expectEqual(await textAt(driver, '/file'), 'plain', `the file in round ${round}`);
      }
    },

    'a write beside a put over a version is never lost': async ({ driver, other }) => {
      for (let round = 0; round < rounds; round += 1) {
        const version = await putText(driver, '/file', 'start');
        const written = other.write('/file', sourceOf([bytesOf('written')]).stream);
        await Promise.all([swap(driver, version, 'swapped'), written]);
        expectEqual(await textAt(driver, '/file'), 'written', `the file in round ${round}`);
      }
    },

    'what is deleted beside a put over its version does not come back': async ({ driver, other }) => {
      for (let round = 0; round < rounds; round += 1) {
        const version = await putText(driver, '/file', 'start');
        await Promise.all([swap(driver, version, 'swapped'), other.delete('/file')]);
        expectEqual(await kindAt(driver, '/file'), 'nothing', `the file in round ${round}`);
      }
    },

    'what is moved there beside a put over a version is never lost': async ({ driver, other }) => {
      for (let round = 0; round < rounds; round += 1) {
        const version = await putText(driver, '/file', 'start');
        await putText(driver, '/other', 'moved');
        await Promise.all([swap(driver, version, 'swapped'), other.move('/other', '/file')]);
        expectEqual(await textAt(driver, '/file'), 'moved', `the file in round ${round}`);
      }
    },
  },
  'conditional',
);

export const unconditional: readonly ConformanceCase[] = cases(
  'conditional',
  {
    'put over a version is unsupported, never unguarded, where the driver cannot': async ({ driver }) => {
      const version = await putText(driver, '/file', 'one');
      await expectKind(driver.put('/file', bytesOf('two'), { ifVersion: version }), 'unsupported', 'put');
      expectEqual(await textAt(driver, '/file'), 'one', 'the file');
    },
  },
  'unconditional',
);

async function swap(driver: StorageDriver, version: Version, text: string): Promise<boolean> {
  try {
    await driver.put('/file', bytesOf(text), { ifVersion: version });
    return true;
  } catch (error) {
    if (isStorageError(error, 'changed')) return false;
    throw error;
  }
}

async function increment(driver: StorageDriver): Promise<boolean> {
  const { bytes, version } = await driver.get('/counter');
  try {
    await driver.put('/counter', bytesOf(String(Number(new TextDecoder().decode(bytes)) + 1)), {
      ifVersion: version,
    });
    return true;
  } catch (error) {
    if (isStorageError(error, 'changed')) return false;
    throw error;
  }
}
