/** Who signs in with what. */
export interface BasicCredentials {
  readonly user: string;
  /** A secret: it must reach no log. */
  readonly password: string;
}

/** User and password of an `Authorization` header (RFC 7617); `undefined` when it holds none. */
export function parseBasic(authorization: string | undefined): BasicCredentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/_-]+=*) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
