/**
 * The assertion that somebody would get now, claim by claim, without an assertion: nothing is signed, recorded or stored.
 *
 * Owns the way from a name to claims that it shares with a sign-in, but for the proof. A row that fails keeps the others
 * from being seen in a sign-in, not here. Does not own: what Entra says to them (entra/claim-verdicts.ts).
 */
import { requireUsableAccount } from '../directory/account.ts';
import { values } from '../directory/entry.ts';
import { findPerson } from '../gateway/find-person.ts';
import { lookUpCaller, mapEntry } from '../gateway/look-up.ts';
import { compileApplication } from '../mapping/claims.ts';
import { isIssuedTo, SUBJECT } from '../mapping/known-claims.ts';
import { parseValue } from '../mapping/mapping-value.ts';
import type { ApplicationAttribute } from '../model/application.ts';
import { Refusal } from '../refusal.ts';
import { issuerIdOf, sourcesOf } from './issue-assertion.ts';
import type { Identified, Known } from './issue-assertion.ts';
import type { IssuingApplication, IssuingGateway } from './issue.ts';
import { knowUser } from './users.ts';
import type { UserDependencies } from './users.ts';

/** A row of the application's `attributes`, and what becomes of it. */
export interface PreviewedRow {
  readonly name: string;
  /** Of the NameIdentifier its format. */
  readonly namespace: string;
  readonly expression: string;
  /** `… ← objectGUID`; the expression alone where no LDAP attribute is behind it. */
  readonly source: string;
  /** None: the row is left out of the assertion. */
  readonly values: readonly string[];
  /** For which a sign-in would be refused. */
  readonly refusal: Refusal | undefined;
}

export interface Preview extends Identified {
  readonly known: Known;
  /** What the sign-in would change among the stored users, in words. */
  readonly changes: readonly string[];
  readonly nameIdentifier: PreviewedRow;
  readonly rows: readonly PreviewedRow[];
}

export type Who = { readonly device: string } | { readonly person: string };

/** @throws Refusal where a sign-in would be refused before its claims are looked at */
export async function previewAssertion(
  who: Who,
  issuing: IssuingApplication,
  now: Date,
  dependencies: UserDependencies,
): Promise<Preview> {
  const { found, gateway } = await identify(who, issuing, now);
  const { userType, entry } = found;
  const changes: string[] = [];
  const entryAndUser = { gateway, application: issuing.application, found, mapped: mapEntry(userType, entry) };
  const known = await knowUser(entryAndUser, now, dependencies, (change) => changes.push(change));
  const rows = rowsOf(issuing, { ...known, userType }, now);
  const nameIdentifier = rows.find(({ name }) => name === SUBJECT);
  if (nameIdentifier === undefined)
    throw new Refusal('attribute-missing', { attribute: SUBJECT, expected: 'a row `Subject` for this kind of user' });
  return {
    found,
    gateway,
    known: { ...known, userType },
    changes,
    nameIdentifier,
    rows: [...rows.filter((row) => row !== nameIdentifier), ...issuerIdRows(issuing)],
  };
}

async function identify(who: Who, issuing: IssuingApplication, now: Date): Promise<Identified> {
  if ('device' in who)
    return inOneGateway(issuing, (one) => lookUp(one, who.device.replace(/\$?$/, '$'), 'device', now));
  // A name without a domain is the one of a ticket.
  if (!/[@\\]/.test(who.person)) return inOneGateway(issuing, (one) => lookUp(one, who.person, 'person', now));
  const matchedBy = issuing.application.userAttributeUsernameMatch ?? 'email';
  const person = await findPerson({ gateways: issuing.passwordGateways, matchedBy, username: who.person });
  requireUsableAccount(person.found.entry, now);
  return person;
}

/** A ticket names its realm and so its gateway; a bare name must be in one alone. */
async function inOneGateway(
  { gateways }: IssuingApplication,
  search: (gateway: IssuingGateway) => Promise<Identified>,
): Promise<Identified> {
  const tried = await Promise.allSettled([...gateways.values()].map(search));
  const [only, ...others] = tried.filter((one) => one.status === 'fulfilled').map((one) => one.value);
  if (only === undefined) {
    const failed = tried.filter((one) => one.status === 'rejected').map((one): unknown => one.reason);
    const isAbsence = (error: unknown): boolean => error instanceof Refusal && error.code === 'directory-entry-missing';
    throw failed.find((error) => !isAbsence(error)) ?? failed[0] ?? new Refusal('directory-entry-missing');
  }
  if (others.length === 0) return only;
  const names = [only, ...others].map(({ gateway, found }) => `${gateway.name}: ${found.entry.dn}`);
  throw new Refusal('directory-entry-ambiguous', { expected: 'one gateway that finds it', actual: names.join('; ') });
}

async function lookUp(
  { gateway, directory, userTypes }: IssuingGateway,
  identifier: string,
  kind: 'device' | 'person',
  now: Date,
): Promise<Identified> {
  const asked = userTypes.filter((userType) => userType.kind === kind);
  return { gateway, found: await lookUpCaller({ gateway, userTypes: asked, directory, identifier, now }) };
}

function rowsOf(issuing: IssuingApplication, known: Known, now: Date): readonly PreviewedRow[] {
  const { application } = issuing;
  return application.attributes
    .filter((row) => isIssuedTo(row, known.userType.kind))
    .map((row) => previewRow(row, issuing, known, now));
}

/** Beside which a row is looked at alone. */
const ANY_SUBJECT: ApplicationAttribute = { name: SUBJECT, value: 'x', required: true, issuedTo: 'everyone' };

/** As the record shows it: without the key of a digest. */
function shown({ value }: ApplicationAttribute): string {
  try {
    return parseValue(value).text;
  } catch {
    return value;
  }
}

function previewRow(
  row: ApplicationAttribute,
  { application }: IssuingApplication,
  { userType, attributes }: Known,
  now: Date,
): PreviewedRow {
  const isSubject = row.name === SUBJECT;
  const rows = isSubject ? [row] : [ANY_SUBJECT, row];
  const nothing = { name: row.name, namespace: row.nameFormat ?? '', expression: shown(row), source: shown(row) };
  try {
    const mapper = compileApplication({ ...application, attributes: rows });
    const { nameIdentifier, claims } = mapper.mapSubject(userType.kind, attributes, sourcesOf(userType), now);
    const { value, format: namespace, source } = nameIdentifier;
    if (isSubject) return { ...nothing, namespace, source, values: [value], refusal: undefined };
    const [claim] = claims;
    return { ...nothing, values: [], ...claim, refusal: undefined };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...nothing, values: [], refusal: error };
  }
}

const issuerIdRows = (issuing: IssuingApplication): readonly PreviewedRow[] =>
  issuerIdOf(issuing).map((claim) => ({ ...claim, expression: claim.source, refusal: undefined }));

/** Base64 of an attribute's bytes, as Entra Connect makes an ImmutableID of the source anchor. */
export function anchorOf({ found }: Identified): string | undefined {
  const [value] = values(found.entry, found.userType.anchor);
  return value === undefined ? undefined : Buffer.from(value).toString('base64');
}
