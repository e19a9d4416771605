/**
 * The salts that the domain controllers tell, for gateways that ask for them (`askKdcForSalt`).
 *
 * Owns: whom to ask, and for how long. An answer is a help and never a condition: without one the salts that follow from the
 * account's names must do. Does not own: when to ask (salt-questions.ts), the messages (kerberos/salt-request.ts), the
 * connection (directory/kdc.ts).
 */
import { randomInt } from 'node:crypto';
import type { Logger } from 'pino';
import { askKdc } from '../directory/kdc.ts';
import type { KerberosService } from '../kerberos/keys.ts';
import { readSalts, writeSaltRequest } from '../kerberos/salt-request.ts';
import type { Gateway } from '../model/gateway.ts';
import { parseHostAndPort } from '../model/kinds.ts';

interface Surroundings {
  readonly now: Date;
  readonly log: Pick<Logger, 'warn'>;
}

/** For each controller; all of a gateway are asked at once. */
const TIMEOUT_MS = 2_000;
const TEN_HOURS_MS = 36_000_000;

export const asksForSalt = ({ kerberos }: Gateway): boolean =>
  kerberos?.askKdcForSalt === true && kerberos.keytabFile === undefined;

/** What the first controller to answer tells; undefined where none answers. */
export async function askForSalts(
  { name, serversHostAndPort }: Pick<Gateway, 'name' | 'serversHostAndPort'>,
  { account, realm }: Pick<KerberosService, 'account' | 'realm'>,
  { now, log }: Surroundings,
): Promise<readonly string[] | undefined> {
  const till = new Date(now.getTime() + TEN_HOURS_MS);
  const request = writeSaltRequest(account, realm, till, randomInt(1, 2 ** 31));
  try {
    return await Promise.any(
      serversHostAndPort.map(async (server) => {
        const host = parseHostAndPort(server)?.host ?? server;
        return readSalts(await askKdc(host, request, TIMEOUT_MS));
      }),
    );
  } catch (error) {
    const reasons = error instanceof AggregateError ? error.errors.map(String) : [String(error)];
    log.warn({ gateway: name, reasons }, 'no controller tells the salt of the service account: its names must do');
    return undefined;
  }
}
