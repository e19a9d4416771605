/** The sample forest's KDC: tickets of the joining computer, or of a person, for the service account, as the plan wants them. */
import { SAMPLE_REALM, SAMPLE_SERVICE_ACCOUNT } from '../directory/sample-domain.ts';
import { stringToKey } from '../kerberos/encryption.ts';
import { mintNegotiateToken } from './kdc.ts';
import type { Plan } from './plan.ts';
import type { ClientTicket } from './windows-transport-client.ts';

export interface SampleTickets {
  readonly plan: Pick<Plan, 'computer' | 'ticketEncryptionType' | 'ticketService'>;
  /** sAMAccountName of a person; the joining computer when absent. */
  readonly person?: string;
  readonly password: string;
  readonly now: () => Date;
  readonly randomBytes: (size: number) => Uint8Array;
}

const AES256 = 18;

/** @returns a function from the host of a URL to the account's SPNEGO token for HTTP/<host> */
export function sampleTickets(options: SampleTickets): (host: string) => ClientTicket {
  const { plan, person, password, now, randomBytes } = options;
  // [MS-KILE] 3.1.1.2: realm, then the account's name.
  const key = stringToKey(AES256, password, SAMPLE_REALM + SAMPLE_SERVICE_ACCOUNT.sAMAccountName);
  return (host) =>
    mintNegotiateToken({
      client: { name: person ?? plan.computer, realm: SAMPLE_REALM },
      service: { principal: plan.ticketService ?? `HTTP/${host}`, realm: SAMPLE_REALM, key, etype: AES256, kvno: 2 },
      now: now(),
      randomBytes,
      ...(plan.ticketEncryptionType !== AES256 && { ticketEncryptionType: plan.ticketEncryptionType }),
    });
}
