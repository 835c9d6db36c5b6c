import { isIP } from 'node:net';
import { z } from 'zod';
import { parseAddress } from '../address.ts';
import type { HttpSettings } from '../configuration.ts';
import { defaults } from '../configuration.ts';
import { duration, text } from './values.ts';

const { addr, net, prefix, trustedproxies } = defaults.http;

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// oxlint-disable-next-line no-control-regex -- control characters are what a header must not have
const headerValue = /^[^\u0000-\u0008\u000a-\u001f\u007f]*$/;
/** They belong to a message or a connection and cannot be the same in every answer. */
const ownHeaders = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'location',
  'transfer-encoding',
]);

const header = z.string().regex(headerValue, 'must not hold control characters');

const headers = z
  .record(z.string(), z.union([header.transform((value) => [value]), z.array(header)]))
  .superRefine((values, context) => {
    for (const name of Object.keys(values)) {
      const problem = ownHeaders.has(name.toLowerCase()) ? 'cannot be set' : 'is not the name of a header';
      if (headerName.test(name) && problem !== 'cannot be set') continue;
      context.addIssue({ code: 'custom', path: [name], message: problem });
    }
  })
  .meta({
    description: 'Stand in every answer.',
    examples: [{ 'Strict-Transport-Security': ['max-age=31536000'] }],
  })
  .default({});

const tls = z
  .strictObject({
    certificate: text(
      'File with the certificate and its chain, as PEM; read again when it changes.',
      '/etc/registry/tls.crt',
    ),
    key: text('File with the private key, as PEM.', '/etc/registry/tls.key'),
    minimumtls: z
      .enum(['tls1.2', 'tls1.3'])
      .meta({ description: 'The oldest version that is spoken.' })
      .default('tls1.2'),
  })
  .meta({ description: 'Speaks HTTPS.' })
  .exactOptional();

const secret = text()
  .or(z.array(text()).min(1, 'must not be empty'))
  .transform((value) => (typeof value === 'string' ? [value] : value))
  .meta({
    description:
      'Signs the state of uploads, so that any process with the same secret can go on with them. Of a list the first signs and all are accepted. Default: a random one that the storage keeps.',
  })
  .exactOptional();

export const httpSchema: z.ZodType<HttpSettings> = z
  .strictObject({
    addr: text(
      'Where to listen: host and port, `:port` for every interface, or a path for `net: unix`.',
      addr,
    ).default(addr),
    net: z.enum(['tcp', 'unix']).meta({ description: 'What `addr` is.' }).default(net),
    host: text(
      'The URL under which clients reach the registry; makes `Location` absolute.',
      'https://registry.example.com',
    )
      .refine(isOrigin, 'must be a URL such as https://registry.example.com')
      .exactOptional(),
    prefix: text('Path under which everything lies.', '/registry/')
      .regex(/^\/(?:[\w.~-]+\/)*(?:[\w.~-]+)?$/, 'must be a path that begins with a slash')
      .default(prefix),
    relativeurls: z
      .boolean()
      .meta({ description: 'Whether `Location` is a path. Default: unless `host` is set.' })
      .exactOptional(),
    secret,
    headers,
    draintimeout: duration('How long requests under way may take after SIGTERM.', '30s'),
    stalltimeout: duration('How long a transfer may stand still before it is cut.', '60s'),
    keepalivetimeout: duration(
      'How long an idle connection is kept; longer than the proxy in front keeps it.',
      '75s',
    ),
    trustedproxies: z
      .array(text().refine(isNetwork, 'must be an address or a network such as 10.0.0.0/8'))
      .meta({
        description: 'Whose `Forwarded` and `X-Forwarded-*` are believed.',
        examples: [['10.0.0.0/8']],
      })
      .default([...trustedproxies]),
    tls,
  })
  .superRefine((http, context) => {
    if (http.net === 'tcp' && parseAddress(http.addr) === undefined) {
      const message = `must be host:port such as ${addr}`;
      context.addIssue({ code: 'custom', path: ['addr'], message });
    }
  })
  .meta({ description: 'How clients reach the registry.' })
  .prefault({});

function isOrigin(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  );
}

function isNetwork(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
