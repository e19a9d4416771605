/** A ticket that none of the keys opens, with what it says in clear: another salt of the same password may make its key. */
import { Refusal } from '../refusal.ts';
import type { RefusalFacts } from '../refusal.ts';

export interface UnopenedTicket {
  /** Of the gateways whose service it names. */
  readonly gatewayIds: readonly string[];
  readonly encryptionType: number;
  readonly kvno: number | undefined;
}

export class KeyMismatch extends Refusal {
  readonly ticket: UnopenedTicket;

  constructor(ticket: UnopenedTicket, facts: RefusalFacts) {
    super('kerberos-key-mismatch', facts);
    this.ticket = ticket;
  }
}
