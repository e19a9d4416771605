/**
 * The kinds of values that the configuration is made of, each with the words for what a right value looks like.
 *
 * The same words stand in a problem of the configuration file, in the reference and in the messages of the schemas.
 * Owns: single values. Does not own: how several values must fit together (config/check-*.ts).
 */
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

export interface Kind {
  /** Completes "must be …" and "is not …". */
  readonly form: string;
  readonly example?: string;
  /** The file names where the value is kept, never the value itself. */
  readonly secret?: true;
  /** A path: `read` when the file must be there at the start. */
  readonly file?: 'read' | 'write';
  /** Values begin with `#`: where nothing quotes them, YAML takes them for a comment and leaves no value. */
  readonly hash?: true;
}

export const kinds = z.registry<Kind>();

function text(kind: Kind, test: (value: string) => boolean): z.ZodString {
  return z
    .string()
    .refine(test, { error: `must be ${kind.form}` })
    .register(kinds, kind);
}

const matches =
  (pattern: RegExp) =>
  (value: string): boolean =>
    pattern.test(value);

const notBlank = (value: string): boolean => value.trim() !== '';

export const nonEmpty = text({ form: 'text' }, notBlank);

/** Links and URLs depend on identifiers staying the same, so there is one spelling: lower case. */
export const id = z
  .guid({ error: 'must be a UUID' })
  .transform((value) => value.toLowerCase())
  .register(kinds, { form: 'a UUID', example: 'what `uuidgen` prints' });

export const secret = text({ form: '`${env:NAME}` or `${file:PATH}`', secret: true }, notBlank);

/** 256 bits: the key of AES-256-GCM over the signing keys. */
export const masterKey = text(
  { form: '32 bytes in base64', example: 'what `openssl rand -base64 32` prints', secret: true },
  (value) => /^[A-Za-z0-9+/]{43}=$/.test(value) && Buffer.from(value, 'base64').length === 32,
);

export const inputFile = text({ form: 'the path of a file', file: 'read' }, notBlank);
export const outputFile = text({ form: 'the path of a file', file: 'write' }, notBlank);

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);
const DOMAIN_NAME = new RegExp(`^(?=.{3,253}$)${LABEL}(?:\\.${LABEL})+$`);

function isHost(value: string): boolean {
  return HOST_NAME.test(value) || isIP(value) !== 0;
}

export const listenHost = text({ form: 'an address or host name', example: '0.0.0.0' }, isHost);

export const domainName = text({ form: 'a DNS domain name', example: 'corp.example.com' }, matches(DOMAIN_NAME));

function isHttpsOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(value);
  return protocol === 'https:' && username + password + search + hash === '' && pathname === '/';
}

/** Comes out without a final slash: it is the beginning of IssuerUri, which Entra compares to the letter. */
export const httpsOrigin = z
  .string()
  .refine(isHttpsOrigin, { error: 'must be an https URL without a path' })
  .transform((value) => (URL.canParse(value) ? new URL(value).origin : value))
  .register(kinds, { form: 'an https URL without a path', example: 'https://login.example.com' });

export const httpsUrl = text(
  { form: 'an https URL', example: 'https://login.microsoftonline.com/login.srf' },
  (value) => URL.canParse(value) && new URL(value).protocol === 'https:',
);

/** RFC 4632 and RFC 4291 §2.3; a bare address is a range of one. */
export function isNetwork(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** Whether a network is one without bounds: prefix 0, however many digits that is written with, or all of IPv4 in IPv6's form. */
export function isWholeInternet(network: string): boolean {
  if (/\/0+$/.test(network)) return true;
  const [address = '', prefix] = network.split('/');
  if (prefix === undefined || isIP(address) !== 6 || Number(prefix) > IPV4_MAPPED_BITS) return false;
  const named = new BlockList();
  named.addSubnet(address, Number(prefix), 'ipv6');
  return named.check('::ffff:0:0', 'ipv6');
}

/** RFC 4291 §2.5.5.2: of ::ffff:0:0/96. */
const IPV4_MAPPED_BITS = 96;

export const network = text({ form: 'an address or a CIDR range', example: '10.0.0.0/8' }, isNetwork);

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** `dc1.example.com:636`, `192.0.2.1:636` or `[2001:db8::1]:636`; undefined for anything else. The host comes without brackets. */
export function parseHostAndPort(value: string): HostAndPort | undefined {
  const match = /^(?:\[(?<ipv6>[0-9A-Fa-f:.]+)\]|(?<name>[^:[\]]+)):(?<port>\d{1,5})$/.exec(value);
  const { ipv6, name, port } = match?.groups ?? {};
  const host = ipv6 ?? name ?? '';
  const valid = ipv6 === undefined ? isHost(host) && isIP(host) !== 6 : isIP(ipv6) === 6;
  const number = Number(port);
  return valid && number >= 1 && number <= 65_535 ? { host, port: number } : undefined;
}

export const hostAndPort = text(
  { form: '`host:port` (IPv6 as `[address]:port`)', example: 'dc1.corp.example.com:636' },
  (value) => parseHostAndPort(value) !== undefined,
);

export const userPrincipalName = text(
  { form: 'a user principal name', example: 'svc-mortise@corp.example.com' },
  matches(new RegExp(`^[^@\\s"/\\\\[\\]:;|=,+*?<>]+@${LABEL}(?:\\.${LABEL})*$`)),
);

/** RFC 4559 §4.1: the service is HTTP whatever the port, and no port belongs to the name. */
export const httpServicePrincipalName = text(
  { form: 'a service principal name `HTTP/host`', example: 'HTTP/mortise-01.corp.example.com' },
  (value) => value.startsWith('HTTP/') && HOST_NAME.test(value.slice(5)),
);

/** RFC 4120 §6.1; AD writes its realms in upper case, and a salt made of another spelling gives another key. */
export const realm = text(
  { form: 'a Kerberos realm in upper case', example: 'CORP.EXAMPLE.COM' },
  (value) => HOST_NAME.test(value) && value === value.toUpperCase(),
);

export const distinguishedName = text(
  { form: 'a distinguished name', example: 'OU=Computers,DC=corp,DC=example,DC=com' },
  matches(/^\s*(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*\S/),
);

/** RFC 4512 §2.5, without options. */
export const ldapAttribute = text(
  { form: 'the name of an LDAP attribute', example: 'objectGUID' },
  matches(/^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)$/),
);

/** `dn` is the one name here that is no attribute: it stands for the entry's own name. */
export const LDAP_REFERENCE = /^\$\{ldapAttributes\.(?<attribute>[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\}$/;

export const ldapReference = text(
  { form: '`${ldapAttributes.NAME}`', example: '${ldapAttributes.objectSid}' },
  matches(LDAP_REFERENCE),
);

export const customAttributeName = text(
  { form: 'a name of letters, digits, `_` and `-` that begins with a letter', example: 'deviceObjectSid' },
  matches(/^[A-Za-z][A-Za-z0-9_-]{0,255}$/),
);

export const hexColour = text(
  { form: 'a colour `#rrggbb`', example: '"#0f5c8c"', hash: true },
  matches(/^#[0-9a-fA-F]{6}$/),
);

/** AD FS's form: text to be contained, or `=~` and a regular expression. */
export function isUserAgentPattern(value: string): boolean {
  if (value.trim() === '' || value.length > 200) return false;
  if (!value.startsWith('=~')) return true;
  try {
    return new RegExp(value.slice(2)).source !== '(?:)';
  } catch {
    return false;
  }
}

export const userAgentPattern = text(
  { form: 'text, or `=~` and a regular expression', example: '=~Windows NT.*Edg/' },
  isUserAgentPattern,
);

/** Without scheme and port. Comes out in lower case: a Host header is compared with it (RFC 9110 §4.2.3). */
export const hostName = z
  .string()
  .refine(matches(HOST_NAME), { error: 'must be a host name' })
  .transform((value) => value.toLowerCase())
  .register(kinds, { form: 'a host name', example: 'sso.example.org' });
