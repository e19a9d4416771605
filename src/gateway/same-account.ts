/**
 * Whether an entry is the account that a ticket was issued to, and not one that merely answers to the same name.
 *
 * Needed because a filter may find people by `mail` or userPrincipalName, and because AD's KDC finds `X$` for the client
 * name X: who may create a computer account could otherwise sign in as the person whose address its name is.
 */
import { texts } from '../directory/entry.ts';
import type { Entry } from '../directory/entry.ts';
import { Refusal } from '../refusal.ts';

export interface TicketClient {
  /** The client's name in the ticket, without its realm; spelt as the client asked for it. */
  readonly name: string;
  /** From the ticket's PAC; undefined when it has none that the KDC signed. */
  readonly sid: string | undefined;
}

/**
 * By SID. Without one by sAMAccountName alone: it is unique in the domain, and the KDC looks for it first.
 *
 * @throws Refusal directory-entry-not-the-caller, directory-value-malformed
 */
export function requireSameAccount(entry: Entry, { name, sid }: TicketClient): void {
  const attribute = sid === undefined ? 'sAMAccountName' : 'objectSid';
  const [expected] = texts(entry, attribute);
  const actual = sid ?? name;
  if (expected?.toLowerCase() === actual.toLowerCase()) return;
  throw new Refusal('directory-entry-not-the-caller', {
    attribute,
    expected: expected ?? 'a value that the bind account may read',
    actual: sid === undefined ? `${name} (in the ticket, without a PAC)` : `${sid} (in the ticket of ${name})`,
    detail: entry.dn,
  });
}
