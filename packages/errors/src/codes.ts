/** The code of a failure that a client is told. */
export type ErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'MANIFEST_UNVERIFIED'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'PAGINATION_NUMBER_INVALID'
  | 'RANGE_INVALID'
  | 'SIZE_INVALID'
  | 'TAG_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNAVAILABLE'
  | 'UNKNOWN'
  | 'UNSUPPORTED';

/**
 * The error codes of the OCI distribution specification and of its forerunner, each with its HTTP status and the sentence
 * that goes into an answer when there is nothing better to say (distribution-spec, "Error Codes").
 */
export const errorCodes: Readonly<Record<ErrorCode, { readonly status: number; readonly message: string }>> =
  {
    BLOB_UNKNOWN: { status: 404, message: 'blob unknown to registry' },
    BLOB_UPLOAD_INVALID: { status: 404, message: 'blob upload invalid' },
    BLOB_UPLOAD_UNKNOWN: { status: 404, message: 'blob upload unknown to registry' },
    DENIED: { status: 403, message: 'requested access to the resource is denied' },
    DIGEST_INVALID: { status: 400, message: 'provided digest did not match uploaded content' },
    MANIFEST_BLOB_UNKNOWN: {
      status: 400,
      message: 'manifest references a manifest or blob unknown to registry',
    },
    MANIFEST_INVALID: { status: 400, message: 'manifest invalid' },
    MANIFEST_UNKNOWN: { status: 404, message: 'manifest unknown to registry' },
    MANIFEST_UNVERIFIED: { status: 400, message: 'manifest failed signature verification' },
    NAME_INVALID: { status: 400, message: 'invalid repository name' },
    NAME_UNKNOWN: { status: 404, message: 'repository name not known to registry' },
    PAGINATION_NUMBER_INVALID: { status: 400, message: 'invalid number of results requested' },
    RANGE_INVALID: { status: 416, message: 'requested range not satisfiable' },
    SIZE_INVALID: { status: 400, message: 'provided length did not match content length' },
    TAG_INVALID: { status: 400, message: 'manifest tag did not match URI' },
    TOOMANYREQUESTS: { status: 429, message: 'too many requests' },
    UNAUTHORIZED: { status: 401, message: 'authentication required' },
    UNAVAILABLE: { status: 503, message: 'service unavailable' },
    UNKNOWN: { status: 500, message: 'unknown error' },
    UNSUPPORTED: { status: 405, message: 'the operation is unsupported' },
  };

/** Whether a word, such as one from another registry's answer, is a code of {@link errorCodes}. */
export function isErrorCode(word: string): word is ErrorCode {
  return Object.hasOwn(errorCodes, word);
}
