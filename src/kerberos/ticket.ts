/**
 * Opening the ticket of an AP-REQ (RFC 4120 §3.2.3, first half): which service it is for, whether its encryption type is
 * taken, and which of our keys opens it.
 *
 * Owns: the refusals up to there, and what they tell an administrator about accounts and encryption types.
 * Does not own: the checks on what is inside (ap-req.ts).
 */
import { Refusal } from '../refusal.ts';
import { acceptedEncryptionTypes, describeEncryptionType, isAesType } from './encryption-types.ts';
import { keysAt } from './former-keys.ts';
import { keysOfVersion } from './key-version.ts';
import type { KerberosService, ServiceKey } from './keys.ts';
import type { EncTicketPart, KeyBlock, Ticket } from './messages.ts';
import { readEncTicketPart } from './messages.ts';
import { nameText } from './principal-name.ts';
import { readOrRefuse } from './read-or-refuse.ts';
import type { EncryptionKey } from './encryption.ts';
import { decrypt, encryptionKey } from './encryption.ts';
import { KeyMismatch } from './unopened-ticket.ts';

export interface Match {
  readonly service: KerberosService;
  /** As configured. */
  readonly spn: string;
}

export interface OpenedTicket extends Match {
  readonly part: EncTicketPart;
  readonly key: ServiceKey;
}

/** The realm selects the gateways, the service principal must be one of theirs. */
export function servicesOf(ticket: Ticket, services: readonly KerberosService[]): readonly Match[] {
  if (services.length === 0) throw new Refusal('kerberos-not-configured');
  const ofRealm = services.filter((service) => service.realm === ticket.realm);
  if (ofRealm.length === 0) throw unknownRealm(ticket.realm, services, 'realm of the ticket');
  const asked = nameText(ticket.serviceName).toLowerCase();
  const matches = ofRealm.flatMap((service) =>
    service.spns.filter((spn) => spn.toLowerCase() === asked).map((spn) => ({ service, spn })),
  );
  if (matches.length > 0) return matches;
  throw new Refusal('kerberos-wrong-spn', {
    expected: unique(ofRealm.flatMap((service) => service.spns)),
    actual: nameText(ticket.serviceName),
  });
}

export const unknownRealm = (actual: string, services: readonly KerberosService[], attribute: string): Refusal =>
  new Refusal('kerberos-realm-unknown', {
    expected: unique(services.map((service) => service.realm)),
    actual,
    attribute,
  });

export function openTicket(ticket: Ticket, matches: readonly Match[], now: Date): OpenedTicket {
  const usable: Usable = ({ service }) => keysOfVersion(keysAt(service, now), ticket.encPart.kvno);
  const { encryptionType, cipher } = ticket.encPart;
  if (!isAesType(encryptionType)) throw weakTicket(encryptionType, matches);
  for (const match of matches) {
    for (const key of usable(match)) {
      if (key.encryptionType !== encryptionType) continue;
      const plaintext = decrypt(key.ticketKeys, cipher);
      if (plaintext === undefined) continue;
      return { ...match, key, part: readOrRefuse('kerberos-malformed', () => readEncTicketPart(plaintext)) };
    }
  }
  refuseUnknownVersion(ticket, matches, usable);
  throw keyMismatch(ticket, matches, usable);
}

/** The keys of a service that may be the one of the ticket, in the order in which they are tried. */
type Usable = (match: Match) => readonly ServiceKey[];

/** By the present keys alone: a former one that was tried in vain is no reason to keep the cure back. */
function refuseUnknownVersion({ encPart: { kvno } }: Ticket, matches: readonly Match[], usable: Usable): void {
  if (matches.some((match) => usable(match).some(isPresent))) return;
  const held = matches.flatMap(({ service }) => service.keys.filter(isPresent).map((key) => String(key.kvno)));
  throw new Refusal('kerberos-unknown-kvno', {
    expected: `key version ${unique(held)} (in the keytab)`,
    actual: `key version ${kvno} (in the ticket)`,
    attribute: 'msDS-KeyVersionNumber',
    detail: `Service account ${accountsOf(matches)}.`,
  });
}

const isPresent = ({ former }: ServiceKey): boolean => former === undefined;

function keyMismatch(ticket: Ticket, matches: readonly Match[], usable: Usable): Refusal {
  const { encryptionType, kvno } = ticket.encPart;
  const tried = matches.flatMap(usable).filter((key) => key.encryptionType === encryptionType);
  const type = describeEncryptionType(encryptionType);
  const gatewayIds = matches.map(({ service }) => service.gatewayId);
  return new KeyMismatch(
    { gatewayIds, encryptionType, kvno },
    {
      expected: tried.length === 0 ? `a key of type ${type}` : `one of: ${unique(tried.map((key) => key.source))}`,
      actual: `${type}, key version ${kvno ?? 'not told'} (in the ticket)`,
      detail:
        tried.length === 0
          ? `The keytab of ${accountsOf(matches)} holds no key of type ${type}: export all AES keys.`
          : `Service account ${accountsOf(matches)}: ${WHY_NOT_ITS_KEY[matches[0]?.service.keySource ?? 'password']}`,
    },
  );
}

/** A salt holds the name letter by letter; a keytab holds keys that no name changes any more. */
const WHY_NOT_ITS_KEY: Readonly<Record<KerberosService['keySource'], string>> = {
  password:
    'its password is another one, its name is not spelt as in AD (upper and lower case count), or the SPN stands on another account.',
  keytab: 'the keytab is another account’s or of another password, or the SPN stands on another account.',
};

const accountsOf = (matches: readonly Match[]): string => unique(matches.map(({ service }) => service.account));

const unique = (texts: readonly string[]): string => [...new Set(texts)].join(', ');

// --- encryption types --------------------------------------------------------------------------------------------

const AES_BOX = '“This account supports Kerberos AES 256 bit encryption”';

function weakTicket(encryptionType: number, matches: readonly Match[]): Refusal {
  const account = accountsOf(matches);
  return new Refusal('kerberos-encryption-type-refused', {
    expected: acceptedEncryptionTypes,
    actual: `ticket: ${describeEncryptionType(encryptionType)}`,
    attribute: 'msDS-SupportedEncryptionTypes',
    detail: `Service account ${account} lacks AES: tick ${AES_BOX} on it (value 24 with AES 128), then set its password again.`,
  });
}

/** The KDC chooses the type of a session key among those that the client asked for and the service supports. */
export function weakClientKey(what: string, encryptionType: number, { part, service }: OpenedTicket): Refusal {
  const client = `${nameText(part.clientName)}@${part.clientRealm}`;
  return new Refusal('kerberos-encryption-type-refused', {
    expected: acceptedEncryptionTypes,
    actual: `${what}: ${describeEncryptionType(encryptionType)}`,
    attribute: 'msDS-SupportedEncryptionTypes',
    detail:
      `Client ${client} lacks AES: allow it in its policy “Network security: Configure encryption types allowed for ` +
      `Kerberos”; and tick ${AES_BOX} on the service account ${service.account}.`,
  });
}

export function acceptKey({ encryptionType, octets }: KeyBlock, what: string, opened: OpenedTicket): EncryptionKey {
  if (!isAesType(encryptionType)) throw weakClientKey(what, encryptionType, opened);
  const key = encryptionKey(encryptionType, octets);
  if (key === undefined)
    throw new Refusal('kerberos-malformed', { detail: `The ${what} has ${octets.length} octets.` });
  return key;
}
