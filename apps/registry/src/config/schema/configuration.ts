import { z } from 'zod';
import { isLoopback, parseAddress } from '../address.ts';
import type { Configuration } from '../configuration.ts';
import { defaults } from '../configuration.ts';
import { authSchema } from './auth.ts';
import { httpSchema } from './http.ts';
import { logSchema } from './log.ts';
import { storageSchema } from './storage.ts';
import { validationSchema } from './validation.ts';
import { count, section } from './values.ts';

const { catalog, tags } = defaults;

/** The configuration as it is written, checked, with defaults put in. */
export const configurationSchema: z.ZodType<Configuration> = z
  .strictObject({
    version: z
      .union([z.literal('0.1'), z.literal(0.1)])
      .transform((): '0.1' => '0.1')
      .meta({ description: 'The version of this format.' }),
    log: logSchema,
    storage: storageSchema,
    auth: authSchema.exactOptional(),
    http: httpSchema,
    catalog: section('The list of repositories.', {
      maxentries: count('Repositories in an answer at most.', catalog.maxentries),
    }),
    tags: section('Lists of tags.', { maxtags: count('Tags in an answer at most.', tags.maxtags) }),
    validation: validationSchema,
  })
  .superRefine(({ auth, http }, context) => {
    const address = parseAddress(http.addr);
    if (auth !== undefined || http.net === 'unix' || address === undefined || isLoopback(address)) return;
    const message =
      'can be reached by others, and nobody is asked for a password: set "auth.htpasswd", listen on 127.0.0.1, or write "auth: none" if that is meant';
    context.addIssue({ code: 'custom', path: ['http', 'addr'], message });
  });
