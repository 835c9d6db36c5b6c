import { z } from 'zod';
import type { AuthSettings } from '../configuration.ts';
import { exactlyOne, text } from './values.ts';

export const authSchema: z.ZodType<AuthSettings> = z
  .strictObject({
    none: z
      .strictObject({})
      .meta({
        description:
          'Everybody who reaches the registry may do everything. Must be said when that is more than this machine.',
      })
      .exactOptional(),
    htpasswd: z
      .strictObject({
        realm: text('What a client shows when it asks for the password.', 'registry'),
        path: text(
          'File of lines `user:hash`, as `htpasswd -B` writes them; read again when it changes.',
          '/etc/registry/htpasswd',
        ),
      })
      .meta({ description: 'Users and bcrypt hashes in a file. Who is in it may do everything.' })
      .exactOptional(),
  })
  .superRefine((auth, context) => exactlyOne(context, Object.keys(auth), ['none', 'htpasswd']))
  .meta({ description: 'Who may use the registry: exactly one of `none` and `htpasswd`.' });
