import { type ErrorCode, errorCodes, isErrorCode } from './codes.ts';
import { type ErrorEntry, type RegistryError, fromEntries } from './registry-error.ts';

/** The JSON body of an error's answer: `{"errors":[{"code","message","detail"}]}` (distribution-spec, "Error Codes"). */
export function toBody(error: RegistryError): string {
  return JSON.stringify({
    errors: error.entries.map(({ code, message, detail }) => ({
      code,
      message: message ?? errorCodes[code].message,
      ...(detail === undefined ? {} : { detail }),
    })),
  });
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  404: 'NAME_UNKNOWN',
  405: 'UNSUPPORTED',
  413: 'SIZE_INVALID',
  416: 'RANGE_INVALID',
  429: 'TOOMANYREQUESTS',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

/**
 * The error that another registry answered. Never throws: a body that is not the specification's JSON, or names unknown
 * codes, gives the code that fits the status, and its text is not repeated.
 *
 * @param status HTTP status of the answer.
 * @param body text of the answer.
 */
export function fromBody(status: number, body: string): RegistryError {
  const entries = parse(body);
  if (entries.length > 0) return fromEntries(entries, { status });
  return fromEntries([{ code: codeOfStatus[status] ?? 'UNKNOWN', message: `registry answered ${status}` }], {
    status,
  });
}

function parse(body: string): ErrorEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  const errors = typeof value === 'object' && value !== null && 'errors' in value ? value.errors : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((entry: unknown): ErrorEntry[] => {
    if (typeof entry !== 'object' || entry === null || !('code' in entry)) return [];
    if (typeof entry.code !== 'string' || !isErrorCode(entry.code)) return [];
    const message = 'message' in entry && typeof entry.message === 'string' ? entry.message : undefined;
    const detail = 'detail' in entry ? entry.detail : undefined;
    return [{ code: entry.code, ...(message === undefined ? {} : { message }), detail }];
  });
}
