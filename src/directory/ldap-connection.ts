/**
 * One bound connection to one LDAP server, from TCP to bind to its end.
 *
 * ldapts' client reconnects by itself, unbound, and after StartTLS it does not notice the end of the connection; so a
 * client serves one connection here and is thrown away with it. Owns sockets and TLS. Does not own: which server is
 * asked (failover.ts) and what an error means (ldap-errors.ts).
 */
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { Attribute, Change, Client } from 'ldapts';
import type { MessageParser } from 'ldapts';
import type { Search } from './directory.ts';
import type { Entry } from './entry.ts';
import { bindFailure, isNoSuchObject, searchFailure, serverDown, ServerDown } from './ldap-errors.ts';
import { toLdaptsFilter } from './ldap-filter.ts';
import { ldapFraming } from './ldap-framing.ts';
import type { LdapFraming } from './ldap-framing.ts';
import { Refusal } from '../refusal.ts';

export interface LdapServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'TLS' | 'StartTLS' | 'None';
  /** PEM; the system's CAs when absent. */
  readonly ca?: string;
  readonly validateTlsCertificates: boolean;
  readonly bindDN: string;
  readonly bindPassword: string;
}

export interface LdapConnection {
  readonly isOpen: () => boolean;
  /** @throws Refusal directory-search-refused, or ServerDown */
  readonly search: (search: Search) => Promise<readonly Entry[]>;
  /** Deletes one value of an attribute and adds another, in one request. @throws whatever it ended with */
  readonly changeValue: (dn: string, attribute: string, from: Uint8Array, to: Uint8Array) => Promise<void>;
  readonly close: () => void;
}

/** AD closes idle connections after 900 s, firewalls drop them silently and sooner: we leave first. */
const IDLE_MS = 120_000;
const KEEP_ALIVE_MS = 30_000;

/** RFC 4511 §4.5.1.8: asks for no attribute at all; an empty list would ask for every one. */
const NO_ATTRIBUTES = '1.1';

/**
 * Every value as the bytes that came. ldapts asks this list for the name as the server spells it, which need not be
 * our spelling; and what it decodes as UTF-8 loses a leading byte order mark.
 */
const EVERY_ATTRIBUTE: string[] = Object.assign([], { includes: () => true });

export const serverName = ({ host, port }: LdapServer): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/**
 * Connects, secures and binds; `signal` gives up.
 *
 * @param timeLimitSeconds what the server is told to spend on one search at most
 * @param onFailure makes of what the bind ended with what is thrown
 * @throws Refusal directory-bind-refused, or ServerDown
 */
export async function connectLdap(
  server: LdapServer,
  timeLimitSeconds: number,
  signal: AbortSignal,
  onFailure: (error: unknown, server: string, bindDN: string) => Error = bindFailure,
): Promise<LdapConnection> {
  const name = serverName(server);
  const framing = ldapFraming();
  const sockets = openSockets(server, framing);
  const client = new Client({
    url: `${server.security === 'TLS' ? 'ldaps' : 'ldap'}://${name}`,
    createConnection: sockets.plain as typeof connect,
    createSecureConnection: sockets.secure as typeof connectTls,
  });
  guardParser(client, framing, sockets);
  const giveUp = Promise.withResolvers<never>();
  const onAbort = (): void => giveUp.reject(new ServerDown('it did not accept a connection and a bind in time'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    await Promise.race([establish(client, server), giveUp.promise]);
  } catch (error) {
    sockets.destroy();
    throw onFailure(sockets.fault() ?? error, name, server.bindDN);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  return {
    isOpen: sockets.areOpen,
    search: async (search) => {
      if (!sockets.areOpen()) throw new ServerDown('the connection ended');
      return searchOn(client, search, name, timeLimitSeconds).catch((error: unknown) => {
        throw sockets.fault() ?? error;
      });
    },
    changeValue: (dn, attribute, from, to) =>
      client.modify(dn, [valueChange('delete', attribute, from), valueChange('add', attribute, to)]),
    close: () => {
      // Unbind is a courtesy without an answer (RFC 4511 §4.3).
      if (sockets.areOpen()) void client.unbind().catch(() => undefined);
      sockets.destroy();
    },
  };
}

const valueChange = (operation: 'delete' | 'add', type: string, value: Uint8Array): Change =>
  new Change({ operation, modification: new Attribute({ type, values: [Buffer.from(value)] }) });

/** Puts our framing before ldapts' parser. Whatever is not whole and sound ends the connection, and is never parsed. */
function guardParser(client: Client, framing: LdapFraming, sockets: Sockets): void {
  const parser = client['messageParser'] as MessageParser;
  const parse = parser.read.bind(parser);
  parser.read = (chunk, details) => {
    if (sockets.fault() !== undefined) return;
    try {
      for (const message of framing.cut(chunk)) parse(message, details);
    } catch (error) {
      sockets.destroy(serverDown(error));
    }
  };
}

async function establish(client: Client, server: LdapServer): Promise<void> {
  // RFC 4513 §5.1.2: a name without a password is an unauthenticated bind, and it succeeds.
  if (server.bindPassword === '') {
    throw new Refusal('directory-bind-refused', { attribute: 'bindPassword', expected: 'a password', actual: 'none' });
  }
  if (server.security === 'StartTLS') await client.startTLS(tlsOptions(server));
  await client.bind(server.bindDN, server.bindPassword);
}

function tlsOptions({ host, ca, validateTlsCertificates }: LdapServer): ConnectionOptions {
  return {
    // The certificate is judged by `host`, over StartTLS too, where the socket itself no longer tells the name.
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca }),
    rejectUnauthorized: validateTlsCertificates,
    minVersion: 'TLSv1.2',
  };
}

interface Sockets {
  readonly plain: () => Socket;
  /** With the options of a StartTLS when there is a socket to secure. */
  readonly secure: (...args: readonly unknown[]) => TLSSocket;
  readonly areOpen: () => boolean;
  /** For good; `fault` is why, when the server is to blame. */
  readonly destroy: (fault?: ServerDown) => void;
  readonly fault: () => ServerDown | undefined;
}

/** The sockets of one connection: the one to the server, and for StartTLS the one within it. */
function openSockets(server: LdapServer, framing: LdapFraming): Sockets {
  const opened: Socket[] = [];
  let ended = false;
  let blame: ServerDown | undefined;
  const destroy = (fault?: ServerDown): void => {
    ended = true;
    blame ??= fault;
    for (const socket of opened.filter((open) => !open.destroyed)) socket.on('error', () => undefined).destroy();
  };
  const adopt = <S extends Socket>(socket: S): S => {
    opened.push(socket);
    socket.once('close', () => destroy());
    return socket;
  };
  const adoptTransport = <S extends Socket>(open: () => S): S => {
    // ldapts connects anew by itself, and would search unbound: there is no second connection.
    if (ended || opened.length > 0) throw new ServerDown('the connection ended');
    const socket = adopt(open());
    // Nagle's algorithm and delayed acknowledgement together cost 40 ms at each request.
    socket
      .setNoDelay(true)
      .setKeepAlive(true, KEEP_ALIVE_MS)
      .setTimeout(IDLE_MS, () => destroy());
    return socket;
  };
  const { host, port } = server;
  return {
    plain: () => adoptTransport(() => connect({ host, port })),
    secure: (...args) => {
      const [options] = args;
      if (typeof options !== 'object' || options === null || !('socket' in options)) {
        return adoptTransport(() => connectTls({ ...tlsOptions(server), port }));
      }
      // RFC 4511 §4.14.1: what follows the answer to StartTLS in clear text would count as said under TLS.
      if (framing.isWithinMessage()) throw new ServerDown('it sent more in clear text after the answer to StartTLS');
      return adopt(connectTls(options as ConnectionOptions));
    },
    areOpen: () => !ended && opened.length > 0,
    destroy,
    fault: () => blame,
  };
}

async function searchOn(client: Client, search: Search, server: string, timeLimit: number): Promise<readonly Entry[]> {
  const attributes = search.attributes.filter((name) => name.toLowerCase() !== 'dn');
  try {
    const { searchEntries } = await client.search(search.base, {
      scope: search.scope,
      filter: toLdaptsFilter(search.filter),
      attributes: attributes.length > 0 ? attributes : [NO_ATTRIBUTES],
      explicitBufferAttributes: EVERY_ATTRIBUTE,
      sizeLimit: search.sizeLimit,
      timeLimit,
    });
    // searchReferences: other domains' parts of the tree. Referrals are not followed.
    return searchEntries.map(toEntry).slice(0, search.sizeLimit);
  } catch (error) {
    if (isNoSuchObject(error)) return [];
    throw searchFailure(error, server, search.base);
  }
}

function toEntry({ dn, ...attributes }: { readonly dn: string; readonly [name: string]: unknown }): Entry {
  const present = Object.entries(attributes)
    .map(([name, value]) => [name.toLowerCase(), [value].flat().filter((item) => item instanceof Uint8Array)] as const)
    .filter(([, values]) => values.length > 0);
  return { dn, attributes: new Map(present) };
}
