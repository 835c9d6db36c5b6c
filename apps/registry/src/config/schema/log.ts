import { z } from 'zod';
import type { LogSettings } from '../configuration.ts';
import { defaults } from '../configuration.ts';
import { flag, section } from './values.ts';

const { level, fields, accesslog } = defaults.log;

export const logSchema: z.ZodType<LogSettings> = section('What the log holds, and how it looks.', {
  level: z
    .enum(['error', 'warn', 'info', 'debug'])
    .meta({ description: 'The least important lines that are written.' })
    .default(level),
  formatter: z
    .enum(['text', 'json', 'logstash'])
    .meta({ description: 'How a line looks. Default: `text` on a terminal, `json` otherwise.' })
    .exactOptional(),
  fields: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Stand in every line.', examples: [{ environment: 'staging' }] })
    .default({ ...fields }),
  accesslog: section('One line for each request.', {
    disabled: flag('Leaves these lines out.', accesslog.disabled),
  }),
});
