import { z } from 'zod';
import { defaults } from '../configuration.ts';
import type { ValidationSettings } from '../configuration.ts';
import { flag, section } from './values.ts';

const { disabled, manifests } = defaults.validation;

export const validationSchema: z.ZodType<ValidationSettings> = z
  .strictObject({
    disabled: flag('Lets indexes be sparse, whatever `platforms` says.', disabled),
    enabled: z
      .boolean()
      .meta({ description: 'True outdoes `disabled`, which is to be used instead.', deprecated: true })
      .exactOptional(),
    manifests: section('Rules for manifests.', {
      indexes: section('Rules for indexes.', {
        platforms: z
          .enum(['all', 'none'])
          .meta({
            description:
              'Which manifests of an index must be there when it is pushed: `none` allows sparse indexes.',
          })
          .default(manifests.indexes.platforms),
      }),
    }),
  })
  .transform(({ enabled = false, disabled, manifests }) => ({ disabled: disabled && !enabled, manifests }))
  .meta({ description: 'What a pushed manifest must keep.' })
  .prefault({});
