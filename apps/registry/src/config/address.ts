import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Where to listen. */
export interface Address {
  /** Absent for every interface. */
  readonly host?: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** Reads `host:port`, `[::1]:port` or `:port`; `undefined` when it is none of them. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[(?<six>[^\]]*)\]|(?<host>[^:[\]/\s]*)):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.['port']);
  if (match === null || port > 65_535) return undefined;
  const six = match.groups?.['six'];
  if (six !== undefined && !isIPv6(six)) return undefined;
  const host = six ?? match.groups?.['host'] ?? '';
  return host === '' ? { port } : { host, port };
}

/** An address as it stands in a URL. */
export function formatAddress({ host = '0.0.0.0', port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether only this machine can reach it. A name other than `localhost` could be anybody's, so it is not. */
export function isLoopback({ host }: Address): boolean {
  if (host === undefined) return false;
  if (host === 'localhost') return true;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  return isIPv4(host) ? loopback.check(host) : isIPv6(host) && loopback.check(host, 'ipv6');
}
