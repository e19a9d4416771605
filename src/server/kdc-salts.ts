/**
 * Keys with the salts that the domain controllers tell, for gateways that ask for them (`askKdcForSalt`).
 *
 * Owns: whom to ask, and for how long. An answer is a help and never a condition: without one Mortise starts with the salts
 * that follow from the account's names. Does not own: the messages (kerberos/salt-request.ts), the connection.
 */
import { randomInt } from 'node:crypto';
import type { Logger } from 'pino';
import { askKdc } from '../directory/kdc.ts';
import type { KerberosService } from '../kerberos/keys.ts';
import { serviceKeysFromPassword } from '../kerberos/keys.ts';
import { readSalts, writeSaltRequest } from '../kerberos/salt-request.ts';
import type { Gateway } from '../model/gateway.ts';
import { parseHostAndPort } from '../model/kinds.ts';
import { credentialOf } from './service-credential.ts';

interface Surroundings {
  readonly now: Date;
  readonly log: Pick<Logger, 'warn'>;
}

type Services = ReadonlyMap<string, KerberosService>;

/** For each controller; all of a gateway are asked at once. */
const TIMEOUT_MS = 2_000;
const TEN_HOURS_MS = 36_000_000;

export async function withKdcSalts(
  gateways: readonly Gateway[],
  services: Services,
  surroundings: Surroundings,
): Promise<Services> {
  const changed = new Map(services);
  const asking = gateways.map(async (gateway) => {
    const service = services.get(gateway.id);
    if (service === undefined || gateway.kerberos?.askKdcForSalt !== true) return;
    changed.set(gateway.id, await withSalts(gateway, gateway.kerberos, service, surroundings));
  });
  await Promise.all(asking);
  return changed;
}

async function withSalts(
  { name, serversHostAndPort }: Gateway,
  kerberos: NonNullable<Gateway['kerberos']>,
  service: KerberosService,
  { now, log }: Surroundings,
): Promise<KerberosService> {
  const credential = credentialOf(kerberos);
  if (credential.kind === 'keytab') return service;
  const till = new Date(now.getTime() + TEN_HOURS_MS);
  const request = writeSaltRequest(service.account, service.realm, till, randomInt(1, 2 ** 31));
  try {
    const knownSalts = await Promise.any(
      serversHostAndPort.map(async (server) => {
        const host = parseHostAndPort(server)?.host ?? server;
        return readSalts(await askKdc(host, request, TIMEOUT_MS));
      }),
    );
    const { keys } = serviceKeysFromPassword({ ...credential.from, knownSalts }, true);
    const known = new Set(service.keys.map(({ source }) => source));
    return { ...service, keys: [...service.keys, ...keys.filter(({ source }) => !known.has(source))] };
  } catch (error) {
    const reasons = error instanceof AggregateError ? error.errors.map(String) : [String(error)];
    log.warn({ gateway: name, reasons }, 'no controller tells the salt of the service account: its names must do');
    return service;
  }
}
