import { z } from 'zod';
import { parseDuration } from '../duration.ts';

/** Text that holds something. */
export function text(description?: string, ...examples: readonly string[]): z.ZodString {
  const schema = z.string().min(1, 'must not be empty');
  if (description === undefined) return schema;
  return schema.meta({ description, ...(examples.length === 0 ? {} : { examples }) });
}

export function flag(description: string, value: boolean): z.ZodDefault<z.ZodBoolean> {
  return z.boolean().meta({ description }).default(value);
}

/** A whole number of at least 1. */
export function count(description: string, value: number): z.ZodDefault<z.ZodInt> {
  return z
    .int()
    .min(1, 'must be at least 1')
    .max(1e9, 'must be at most 1000000000')
    .meta({ description })
    .default(value);
}

/** A duration in Go's notation; milliseconds once it is read. */
export function duration(description: string, value: string): z.ZodPrefault<z.ZodType<number, string>> {
  return z
    .string()
    .meta({ description, examples: [value] })
    .transform((text, context) => {
      const milliseconds = parseDuration(text);
      if (milliseconds !== undefined) return milliseconds;
      context.issues.push({ code: 'custom', message: `must be a duration such as ${value}`, input: text });
      return z.NEVER;
    })
    .prefault(value);
}

/** A section whose keys all have defaults. */
export function section<T extends z.core.$ZodLooseShape>(
  description: string,
  shape: T,
): z.ZodPrefault<z.ZodObject<T, z.core.$strict>> {
  return z
    .strictObject(shape)
    .meta({ description })
    .prefault({} as never);
}

/**
 * Adds a problem unless exactly one of some keys is there. Which of two is one too many is told by where they stand,
 * which the schema does not know: `rivals` are for who does.
 */
export function exactlyOne(
  context: z.core.$RefinementCtx,
  present: readonly string[],
  all: readonly string[],
): void {
  if (present.length === 0)
    context.addIssue({ code: 'custom', message: `must hold one of ${all.join(', ')}` });
  if (present.length > 1) {
    context.addIssue({
      code: 'custom',
      message: `must hold only one of ${present.join(', ')}`,
      params: { rivals: present },
    });
  }
}
