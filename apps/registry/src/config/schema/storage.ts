import { z } from 'zod';
import type { StorageSettings } from '../configuration.ts';
import { defaults } from '../configuration.ts';
import { count, duration, exactlyOne, flag, section, text } from './values.ts';

const { cache, maintenance, redirect } = defaults.storage;

const drivers = ['filesystem', 'inmemory', 'module'] as const;

export const storageSchema: z.ZodType<StorageSettings> = z
  .strictObject({
    filesystem: z
      .strictObject({
        rootdirectory: text('The directory that holds everything.').default('/var/lib/registry'),
        disk: z
          .enum(['local', 'network'])
          .meta({
            description:
              'What the directory is on: on a `network` no call is made in place, as each may take its time.',
          })
          .default('local'),
      })
      .meta({ description: 'Keeps everything in files.' })
      .exactOptional(),
    inmemory: z
      .strictObject({})
      .meta({ description: 'Keeps everything in memory, until the process ends.' })
      .exactOptional(),
    module: text(
      'Package or file with a driver of your own; looked up from the directory of this file. Its export `storage` is called with `options`.',
      '@acme/storage-x',
    ).exactOptional(),
    options: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Handed to the driver of `module`.' })
      .exactOptional(),
    delete: section('Deletion of manifests, tags and blobs.', {
      enabled: flag('Whether clients may delete.', false),
    }),
    redirect: section('Links with which clients fetch blobs from the storage itself.', {
      disable: flag('Serves every blob from here, even where the driver can make links.', redirect.disable),
    }),
    cache: section('The cache of blob sizes.', {
      blobdescriptor: z
        .enum(['inmemory', 'none'])
        .meta({ description: 'Where it lies.' })
        .default(cache.blobdescriptor),
      blobdescriptorsize: count('Blobs that it remembers at most.', cache.blobdescriptorsize),
    }),
    maintenance: section('Housekeeping.', {
      uploadpurging: section('Removal of uploads that nobody ended.', {
        enabled: flag('Whether it happens.', maintenance.uploadpurging.enabled),
        age: duration('How old an upload must be.', '168h'),
        interval: duration('How often it is looked for them; the first time at a random moment.', '24h'),
        dryrun: flag('Only tells in the log what would go.', maintenance.uploadpurging.dryrun),
      }),
      readonly: section('Maintenance mode.', {
        enabled: flag('Refuses everything that writes.', maintenance.readonly.enabled),
      }),
    }),
  })
  .superRefine((storage, context) => {
    exactlyOne(
      context,
      drivers.filter((driver) => driver in storage),
      drivers,
    );
    if (storage.options !== undefined && storage.module === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['options'],
        message: 'is only for a driver named by "storage.module"',
      });
    }
    for (const key of ['age', 'interval'] as const) {
      if (storage.maintenance.uploadpurging[key] > 0) continue;
      const path = ['maintenance', 'uploadpurging', key];
      context.addIssue({ code: 'custom', path, message: 'must be longer than 0' });
    }
  })
  .meta({
    description: 'Where everything is kept: exactly one of `filesystem`, `inmemory` and `module`.',
  });
