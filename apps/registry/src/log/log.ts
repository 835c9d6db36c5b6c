import type { LogLevel } from '../config/configuration.ts';

/** Named values of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where a program tells what it does. A line is a sentence and named values; it never holds a secret. */
export interface Log {
  readonly error: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly debug: (message: string, fields?: LogFields) => void;
}

/** One line of a log, before it has a form. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

export interface LogOptions {
  /** The least important lines that are written. Default: `info`. */
  readonly level?: LogLevel;
  /** Makes text of a line, without its end. */
  readonly format: (line: LogLine) => string;
  /** Takes the text of lines, each with its end. Must not throw. */
  readonly write: (text: string) => void;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

export function createLog({ level = 'info', format, write, now = Date.now }: LogOptions): Log {
  const least = levels.indexOf(level);
  const at = (own: LogLevel): Log[LogLevel] => {
    if (levels.indexOf(own) > least) return ignore;
    return (message, fields = {}) => write(`${format({ time: now(), level: own, message, fields })}\n`);
  };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

/** A log that nobody reads. */
export const silentLog: Log = { error: ignore, warn: ignore, info: ignore, debug: ignore };

function ignore(): void {
  // Below the level that is wanted.
}
