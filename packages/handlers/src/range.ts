import type { ByteRange } from '@lading/repository';

/**
 * What a `Range` header asks of content of a known size:
 *
 * - `whole`: nothing that would have to be heeded. Other units, several ranges at once and what is no range at all may be
 *   ignored (RFC 9110, 14.2).
 * - `part`: these bytes, which lie within the content.
 * - `unsatisfiable`: 416.
 */
export type RangeRequest =
  | { readonly kind: 'whole' }
  | ({ readonly kind: 'part' } & Required<ByteRange>)
  | { readonly kind: 'unsatisfiable' };

const whole: RangeRequest = { kind: 'whole' };
const unsatisfiable: RangeRequest = { kind: 'unsatisfiable' };
const single = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)$/i;

/** Reads a `Range` header (RFC 9110, 14.1.2). */
export function parseRange(header: string, size: number): RangeRequest {
  const match = single.exec(header.trim());
  if (match === null) return whole;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return whole;
  // A part of nothing cannot be told in `Content-Range`, and who asks for one only wants to go on from where it was.
  if (size === 0) return whole;

  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? unsatisfiable : { kind: 'part', offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  // An end before the start is malformed rather than unsatisfiable, and may be refused as well as ignored.
  return offset > end ? unsatisfiable : { kind: 'part', offset, length: end - offset + 1 };
}

const chunk = /^(?:bytes[ =])?\s*(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/;

/**
 * The chunk that a `Content-Range` of an upload names: `start-end`, both inclusive (distribution-spec, "Pushing a blob in
 * chunks"). HTTP's own form, with unit and total, is taken too. `undefined` when it is neither.
 */
export function parseContentRange(header: string): Required<ByteRange> | undefined {
  const match = chunk.exec(header.trim());
  if (match === null) return undefined;
  const offset = Number(match[1]);
  const length = Number(match[2]) - offset + 1;
  return length < 1 ? undefined : { offset, length };
}

/** The `Range` of an upload of which so many bytes are there: `0-<last byte>`, and `0--1` for none. */
export function formatUploadRange(offset: number): string {
  return `0-${offset - 1}`;
}
