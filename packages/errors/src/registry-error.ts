import { type ErrorCode, errorCodes } from './codes.ts';

/** One problem, as it stands in the `errors` of an answer. */
export interface ErrorEntry {
  readonly code: ErrorCode;
  /** A sentence for people. Default: the code's own. */
  readonly message?: string;
  /** What is wrong in data, such as `{ digest }`. Any JSON. */
  readonly detail?: unknown;
}

export interface RegistryErrorOptions {
  /** Default: the code's own sentence. */
  readonly message?: string;
  /** What is wrong in data, such as `{ digest }`. Any JSON; goes to the client. */
  readonly detail?: unknown;
  /** HTTP status. Default: the code's own. */
  readonly status?: number;
  /** Further problems of the same request, such as each missing reference of a manifest. The first is this error itself. */
  readonly further?: readonly ErrorEntry[];
  /** Seconds after which the request may be sent again (`Retry-After`). */
  readonly retryAfter?: number;
  /** What made it fail. For the operator; never goes to the client. */
  readonly cause?: unknown;
}

const brand: symbol = Symbol.for('@lading/errors/RegistryError');

/** A failure that a registry tells its client, under one of the codes of the OCI distribution specification. */
export class RegistryError extends Error {
  override readonly name: string = 'RegistryError';
  readonly code: ErrorCode;
  /** HTTP status of the answer. */
  readonly status: number;
  readonly detail: unknown;
  /** All problems of the request, this one first. Never empty. */
  readonly entries: readonly ErrorEntry[];
  /** Seconds, or `undefined` when nothing is known. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, options: RegistryErrorOptions = {}) {
    const message = options.message ?? errorCodes[code].message;
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? errorCodes[code].status;
    this.detail = options.detail;
    this.entries = [{ code, message, detail: options.detail }, ...(options.further ?? [])];
    this.retryAfter = options.retryAfter;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether a value is a {@link RegistryError}, also one made by another installed copy of this package. */
export function isRegistryError(value: unknown): value is RegistryError;
/** Whether a value is a {@link RegistryError} of one of these codes. */
export function isRegistryError(value: unknown, ...codes: readonly ErrorCode[]): value is RegistryError;
export function isRegistryError(value: unknown, ...codes: readonly ErrorCode[]): value is RegistryError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false;
  return codes.length === 0 || codes.includes((value as RegistryError).code);
}

/**
 * One error out of several problems; the first gives the status.
 *
 * @throws {TypeError} when there is none.
 */
export function fromEntries(
  entries: readonly ErrorEntry[],
  options: RegistryErrorOptions = {},
): RegistryError {
  const [first, ...further] = entries;
  if (first === undefined) throw new TypeError('Cannot make a registry error: there are no entries');
  return new RegistryError(first.code, {
    ...(first.message === undefined ? {} : { message: first.message }),
    detail: first.detail,
    further,
    ...options,
  });
}
