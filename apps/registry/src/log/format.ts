import { styleText } from 'node:util';
import type { LogSettings } from '../config/configuration.ts';
import type { LogFields, LogLine } from './log.ts';

/** The formatter that a configuration asks for: pretty on a terminal and JSON otherwise, unless it says. */
export function formatter(
  { formatter, fields }: Pick<LogSettings, 'formatter' | 'fields'>,
  terminal: boolean,
): (line: LogLine) => string {
  switch (formatter ?? (terminal ? 'text' : 'json')) {
    case 'text':
      return (line) => prettyLine(line, fields, terminal);
    case 'logstash':
      return (line) => logstashLine(line, fields);
    default:
      return (line) => jsonLine(line, fields);
  }
}

/** `{"time":…,"level":…,"message":…}` with the fields beside them. */
function jsonLine({ time, level, message, fields }: LogLine, always: LogFields): string {
  return toJson({ time: new Date(time).toISOString(), level, message, ...always, ...fields });
}

/** The same under the names that Logstash expects. */
function logstashLine({ time, level, message, fields }: LogLine, always: LogFields): string {
  const line = {
    '@timestamp': new Date(time).toISOString(),
    '@version': '1',
    level,
    message,
    ...always,
    ...fields,
  };
  return toJson(line);
}

const colours = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const;

/** For people: time of day, level, sentence, `name=value`. */
function prettyLine({ time, level, message, fields }: LogLine, always: LogFields, colour: boolean): string {
  const style = (format: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const clock = new Date(time).toISOString().slice(11, 23);
  const named = Object.entries({ ...always, ...fields })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${style('gray', `${name}=`)}${word(value)}`);
  return `${style('gray', clock)} ${style(colours[level], level.padEnd(5))} ${visible(message)}${named.join('')}`;
}

/** A value of a field as one word; in quotes where it would not be one. */
function word(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, plain);
  return /^[\w./:@+*?&=%,;~-]+$/.test(text) ? text : JSON.stringify(text);
}

/** Text in which nothing can pass for another line or steer the terminal. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (character) =>
    JSON.stringify(character).slice(1, -1),
  );
}

/** A line is made for each request, and asking about every value doubles what that takes. */
function toJson(line: LogFields): string {
  return Object.values(line).some((value) => typeof value === 'object')
    ? JSON.stringify(line, plain)
    : JSON.stringify(line);
}

/** What JSON would leave empty: errors, with their causes. */
function plain(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  const code = 'code' in value ? { code: value.code } : {};
  return {
    name,
    message,
    ...code,
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined ? {} : { cause }),
  };
}
