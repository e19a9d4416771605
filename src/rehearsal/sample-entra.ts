/** The local Entra of a rehearsal: what it was told of the domain, the sample forest's objects, and policies, as the plan wants them. */
import { SAMPLE_DOMAIN } from '../directory/sample-domain.ts';
import type { Entry } from '../directory/entry.ts';
import { startLocalEntra } from './entra/local-entra.ts';
import type { LocalEntra } from './entra/local-entra.ts';
import { believedSettings } from './federation.ts';
import type { Plan } from './plan.ts';
import type { JoiningComputer } from './registration.ts';
import { directoryComputers } from './sample-computers.ts';
import { SAMPLE_SECOND_DOMAIN } from './sample-configuration.ts';
import { arrangePerson, synchronisedUsers } from './sample-people.ts';
import type { Workspace } from './workspace.ts';

/** Every tenant has such a domain, and it cannot be federated. */
export const SAMPLE_INITIAL_DOMAIN = 'example.onmicrosoft.com';

/** Verified after the domain above it, so that it has that one's settings. */
export const SAMPLE_SUB_DOMAIN = `eu.${SAMPLE_DOMAIN}`;

export const ENTRA_HOSTS = { login: 'login.localhost', drs: 'enterpriseregistration.localhost' } as const;

export interface SampleTenant {
  readonly tenantId: string;
  readonly port: number;
  readonly now: Date;
}

export async function startSampleEntra(
  { configuration, store, tls, gatewayKey }: Workspace,
  plan: Plan,
  forest: readonly Entry[],
  { tenantId, port, now }: SampleTenant,
): Promise<LocalEntra> {
  const { first, second } = await believedSettings(configuration, store, { plan, gatewayKey, now });
  const entra = await startLocalEntra({
    tls: { key: tls.privateKey, cert: tls.certificate },
    loginHost: ENTRA_HOSTS.login,
    drsHost: ENTRA_HOSTS.drs,
    port,
    now: () => new Date(Date.now() + plan.entraClockMs),
    throttle: { requests: plan.joinsWithinAMinute, withinMs: 60_000 },
    tenantId,
    tenantName: 'Example (rehearsal)',
    domains: [
      { name: SAMPLE_DOMAIN, verified: true, ...(first !== undefined && { federation: first }) },
      ...(second === undefined
        ? []
        : [
            { name: SAMPLE_SECOND_DOMAIN, verified: true, federation: second },
            { name: SAMPLE_SUB_DOMAIN, verified: true },
          ]),
      { name: SAMPLE_INITIAL_DOMAIN, verified: true },
    ],
    directoryComputers: directoryComputers(forest),
    syncedUsers: synchronisedUsers(forest, plan),
  });
  arrangePerson(entra, forest, plan);
  entra.setPolicy({ blockDeviceRegistration: plan.registrationBlocked, disabledResources: plan.disabledResources });
  return entra;
}

/** What Entra Connect does for a computer that has written its userCertificate. */
export function synchronise(entra: LocalEntra, computer: JoiningComputer, userCertificate: Uint8Array): void {
  entra.syncDevice({
    objectGUID: computer.objectGuid,
    objectSid: computer.objectSid,
    displayName: computer.displayName,
    userCertificate,
  });
}
