/**
 * The {@link Directory} of a gateway: Active Directory over LDAP, with the gateway's servers in their order.
 *
 * Nothing connects until the first search. Referrals are not followed, and a search is never made unbound or on a
 * connection that the gateway's `connectionSecurity` does not protect.
 */
import { parseHostAndPort } from '../model/kinds.ts';
import type { Gateway } from '../model/gateway.ts';
import type { Directory } from './directory.ts';
import { failOver } from './failover.ts';
import type { DirectoryLog } from './failover.ts';
import { ldapServer } from './ldap-server.ts';

/** What a gateway says about reaching and reading its directory. */
export type LdapGateway = Pick<
  Gateway,
  'serversHostAndPort' | 'connectionSecurity' | 'validateTlsCertificates' | 'bindDN' | 'bindPassword'
>;

export interface LdapOptions {
  /** PEM of the CA (or CAs) that the servers' certificates must lead to; the system's CAs when absent. */
  readonly ca?: string;
  readonly log: DirectoryLog;
  /** For one search on one server, connecting and binding included. */
  readonly timeoutMs?: number;
  /** How long after its first silence a server is asked again; later more rarely, up to `maxRetryMs`. */
  readonly retryMs?: number;
  readonly maxRetryMs?: number;
  /** How long a refused bind is not repeated. */
  readonly refusedBindMs?: number;
  /** Milliseconds, monotonic. */
  readonly clock?: () => number;
}

export function openLdapDirectory(gateway: LdapGateway, options: LdapOptions): Directory {
  const { ca, log, timeoutMs = 5_000, retryMs = 1_000, maxRetryMs = 30_000, refusedBindMs = 30_000 } = options;
  const clock = options.clock ?? (() => performance.now());
  const servers = gateway.serversHostAndPort.map((hostAndPort) => {
    const parsed = parseHostAndPort(hostAndPort);
    if (parsed === undefined) throw new TypeError(`serversHostAndPort: ${hostAndPort} is not host:port`);
    const settings = {
      ...parsed,
      security: gateway.connectionSecurity,
      validateTlsCertificates: gateway.validateTlsCertificates,
      bindDN: gateway.bindDN,
      bindPassword: gateway.bindPassword,
      ...(ca !== undefined && { ca }),
    };
    return ldapServer(settings, { timeoutMs, refusedBindMs, clock });
  });
  return failOver(servers, { retryMs, maxRetryMs, log });
}
