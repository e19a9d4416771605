/**
 * The keys of one configuration's service accounts, from all that they are made of: the configuration, what is kept of
 * before, and what the controllers tell. Owns that order alone; each part has a file of its own.
 */
import type { Logger } from 'pino';
import type { Gateway } from '../model/gateway.ts';
import type { ProofDependencies } from '../signin/issue.ts';
import type { OpenedGateways } from './issuing.ts';
import { askForSalts, asksForSalt } from './kdc-salts.ts';
import type { KnownSalts, RetainedCredentials } from './retained-credentials.ts';
import { saltQuestions } from './salt-questions.ts';
import { credentialOf } from './service-credential.ts';
import { newestFirst, openServiceKeys } from './service-keys.ts';
import type { HeldService, ServiceKeys } from './service-keys.ts';

export interface Surroundings {
  readonly now: () => Date;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/**
 * @param before the salts of the configuration in force: a controller may have told one since they were stored
 * @throws the system's error for a keytab that cannot be read
 */
export async function openKeys(
  gateways: readonly Gateway[],
  { services }: Pick<OpenedGateways, 'services'>,
  { former, salts }: Pick<RetainedCredentials, 'former' | 'salts'>,
  before: KnownSalts | undefined,
  { now, log }: Surroundings,
): Promise<ServiceKeys> {
  const holding = gateways.map(async (gateway): Promise<readonly HeldService[]> => {
    const { id, kerberos } = gateway;
    const service = services.get(id);
    if (service === undefined || kerberos === undefined) return [];
    const own = { service, credential: credentialOf(kerberos), former: former.get(id) ?? [] };
    if (!asksForSalt(gateway)) return [{ ...own, salts: [] }];
    const told = (await askForSalts(gateway, service, { now: now(), log })) ?? [];
    return [{ ...own, salts: newestFirst(told, [...(before?.get(id) ?? []), ...(salts.get(id) ?? [])]) }];
  });
  return openServiceKeys((await Promise.all(holding)).flat());
}

/** For tickets that no key opens: asks the controllers again, within the bounds of salt-questions.ts. */
export function saltAsker(
  gateways: readonly Gateway[],
  keys: ServiceKeys,
  { now, log, dependencies: { clock } }: Surroundings & { readonly dependencies: { readonly clock: () => number } },
): NonNullable<ProofDependencies['askForSalt']> {
  return saltQuestions(async (gatewayId) => {
    const gateway = gateways.find(({ id }) => id === gatewayId);
    const service = keys.services.get(gatewayId);
    if (gateway === undefined || service === undefined || !asksForSalt(gateway)) return false;
    const told = await askForSalts(gateway, service, { now: now(), log });
    if (told === undefined) return undefined;
    const helps = keys.learn(gatewayId, told);
    if (helps)
      log.info(
        { gateway: gateway.name, salts: told },
        'the service account has another salt now: a controller tells it',
      );
    return helps;
  }, clock);
}
