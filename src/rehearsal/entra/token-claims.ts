/**
 * What a verified assertion must say before Entra gives a device its token.
 *
 * Owns DBL-TOK-11 to -19. A token without device claims is a person's to Entra, which is why a wrong AttributeNamespace
 * ends in "the user account does not exist". Does not own: the signature (signature.ts), the token (access-token.ts).
 */
import { entraTime } from './aadsts.ts';
import type { Assertion, Attribute } from './assertion.ts';
import {
  ACCOUNT_TYPE,
  CLAIMS,
  DEVICE_CLAIMS,
  INSIDE_CORPORATE_NETWORK,
  ISSUER_ID,
  NAME_IDENTIFIER_FORMATS,
  ON_PREM_OBJECT_GUID,
  PRIMARY_SID,
} from './claims-table.ts';
import type { ClaimRow } from './claims-table.ts';
import { matches, valuesOf } from './assertion-claims.ts';
import { guidFromBytes, isDomainSid, strictBase64 } from './guid.ts';
import { judgePerson } from './person-claims.ts';
import type { PersonIdentity } from './person-claims.ts';
import type { Tenant } from './tenant.ts';
import { refuse } from './token-checks.ts';
import type { TokenForm } from './token-form.ts';

const AUDIENCE = 'urn:federation:MicrosoftOnline';
const BEARER = 'urn:oasis:names:tc:SAML:1.0:cm:bearer';

/** An account of the on-premises directory, which the rehearsal knows and the real Entra only by synchronisation. */
export interface DirectoryComputer {
  readonly objectGUID: string;
  readonly objectSid: string;
  readonly name: string;
}

export interface AcceptedClaim {
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
}

/** What Entra took from one assertion. */
export interface AcceptedClaims {
  readonly issuer: string;
  readonly assertionId: string;
  readonly nameIdentifier: { readonly value: string; readonly format: string };
  readonly claims: readonly AcceptedClaim[];
  /** Attributes that Entra does not read: wrong name or namespace, or of no use to it. */
  readonly ignored: readonly AcceptedClaim[];
}

export interface DeviceIdentity {
  /** The computer's objectGUID: the device's id. */
  readonly objectGuid: string;
  readonly objectSid: string;
  readonly issuer: string;
  readonly authenticationMethods: readonly string[];
  readonly insideCorporateNetwork: boolean;
  readonly accepted: AcceptedClaims;
}

/** What an assertion is good for. */
export type Judged =
  | { readonly kind: 'device'; readonly device: DeviceIdentity }
  | { readonly kind: 'person'; readonly person: PersonIdentity };

export interface Judgement {
  readonly form: TokenForm;
  readonly tenant: Tenant;
  readonly computers: readonly DirectoryComputer[];
  readonly now: Date;
  readonly clockSkewMs: number;
}

export function judgeAssertion(assertion: Assertion, judgement: Judgement): Judged {
  checkTime(assertion, judgement.now, judgement.clockSkewMs);
  checkAudience(assertion, judgement.form.clientId);
  const nameIdentifier = checkSubject(assertion);
  checkIssuerId(assertion);
  const { issuer, authentications } = assertion;
  const accepted = { issuer, assertionId: assertion.id, nameIdentifier };
  if (!mentionsDevice(assertion)) {
    const person = judgePerson(assertion, judgement.tenant);
    const claims = { ...accepted, ...sortClaims(assertion.attributes, 'device') };
    return { kind: 'person', person: { ...person, issuer, authentications, accepted: claims } };
  }
  const device = readDeviceClaims(assertion, judgement);
  checkPolicy(judgement);
  const insideCorporateNetwork = valuesOf(assertion, INSIDE_CORPORATE_NETWORK)[0] === 'true';
  const authenticationMethods = authentications.map(({ method }) => method);
  const claims = { ...accepted, ...sortClaims(assertion.attributes, 'person') };
  return {
    kind: 'device',
    device: { ...device, issuer, authenticationMethods, insideCorporateNetwork, accepted: claims },
  };
}

function checkTime(assertion: Assertion, now: Date, skewMs: number): void {
  const { notBefore, notOnOrAfter } = assertion;
  const at = now.getTime();
  if (notBefore.getTime() <= at + skewMs && notOnOrAfter.getTime() > at - skewMs) return;
  const found = `valid from ${entraTime(notBefore)} to ${entraTime(notOnOrAfter)}; here it is ${entraTime(now)}, skew allowed ${skewMs / 1000} s`;
  refuse('DBL-TOK-11', 500133, found, { now: now.toISOString(), expiry: notOnOrAfter.toISOString() });
}

function checkAudience(assertion: Assertion, clientId: string): void {
  if (assertion.audiences.length === 0) refuse('DBL-TOK-12', 50008, 'no AudienceRestrictionCondition');
  const unmet = assertion.audiences.find((audiences) => !audiences.includes(AUDIENCE));
  if (unmet !== undefined) {
    refuse('DBL-TOK-12', 500131, `audience ${unmet.join(', ')}`, {
      audience: unmet.join(', '),
      expected: AUDIENCE,
      clientId,
    });
  }
}

/** Every statement speaks of the same subject, confirmed by bearer alone. */
function checkSubject(assertion: Assertion): AcceptedClaims['nameIdentifier'] {
  for (const { confirmationMethods } of assertion.subjects) {
    if (confirmationMethods.length !== 1 || confirmationMethods[0] !== BEARER) {
      refuse('DBL-TOK-13', 50008, `confirmation method ${confirmationMethods.join(', ') || 'absent'}, not bearer`);
    }
  }
  const [identifier] = assertion.subjects.map((subject) => subject.nameIdentifier);
  if (identifier === undefined || identifier.value === '') return refuse('DBL-TOK-14', 90020, 'no NameIdentifier');
  if (assertion.subjects.some((subject) => subject.nameIdentifier?.value !== identifier.value)) {
    refuse('DBL-TOK-13', 50008, 'the statements are about different subjects');
  }
  const format = identifier.format ?? NAME_IDENTIFIER_FORMATS[0];
  if (!NAME_IDENTIFIER_FORMATS.some((known) => known === format))
    refuse('DBL-TOK-13', 50008, `NameIdentifier format ${format}`);
  return { value: identifier.value, format };
}

/** Beside the Issuer, never instead: two that differ are the usual fault of rules for several domains. */
function checkIssuerId(assertion: Assertion): void {
  const [issuerId, ...others] = valuesOf(assertion, ISSUER_ID);
  if (issuerId === undefined || (issuerId === assertion.issuer && others.length === 0)) return;
  const differing = [issuerId, ...others].find((each) => each !== assertion.issuer) ?? issuerId;
  refuse('DBL-TOK-06', 50107, `issuerid ${[issuerId, ...others].join(', ')} beside the Issuer ${assertion.issuer}`, {
    name: differing,
  });
}

/** True when an attribute bears a device claim's name, in whatever case and namespace. */
function mentionsDevice(assertion: Assertion): boolean {
  return assertion.attributes.some((attribute) =>
    DEVICE_CLAIMS.some((row) => row.name === attribute.name.toLowerCase()),
  );
}

function readDeviceClaims(
  assertion: Assertion,
  judgement: Judgement,
): Pick<DeviceIdentity, 'objectGuid' | 'objectSid'> {
  const [accountType, guidText, objectSid] = DEVICE_CLAIMS.map((row) =>
    deviceClaim(assertion, row, judgement.tenant),
  ) as [string, string, string];
  if (accountType !== 'DJ')
    refuse('DBL-TOK-16', 51004, `${ACCOUNT_TYPE.name} ${accountType}, not DJ`, { tenant: judgement.tenant.id });
  const bytes = strictBase64(guidText);
  if (bytes?.length !== 16) {
    return refuse(
      'DBL-TOK-17',
      50008,
      `${ON_PREM_OBJECT_GUID.name} ${guidText} is not base64 of the 16 bytes of an objectGUID`,
    );
  }
  if (!isDomainSid(objectSid)) refuse('DBL-TOK-17', 50008, `${PRIMARY_SID.name} ${objectSid} is not S-1-5-21-…`);
  const objectGuid = guidFromBytes(bytes);
  checkSameComputer(objectGuid, objectSid, judgement);
  return { objectGuid, objectSid };
}

function deviceClaim(assertion: Assertion, row: ClaimRow, tenant: Tenant): string {
  const values = valuesOf(assertion, row);
  const [value] = values;
  if (value === undefined) {
    return refuse('DBL-TOK-16', 51004, `${row.name} ${whyAbsent(assertion, row)}`, { tenant: tenant.id });
  }
  return values.length === 1 ? value : refuse('DBL-TOK-17', 50008, `${row.name} has ${values.length} values`);
}

function whyAbsent(assertion: Assertion, row: ClaimRow): string {
  const elsewhere = assertion.attributes.find((attribute) => attribute.name.toLowerCase() === row.name);
  if (elsewhere === undefined) return 'is not there';
  if (matches(elsewhere, row)) return 'has no value';
  return `stands as ${elsewhere.name} in ${elsewhere.namespace}, not as ${row.name} in ${row.namespaces.join(' or ')}`;
}

/** The real Entra cannot know a computer that is not synchronised; the rehearsal's directory can tell. */
function checkSameComputer(objectGuid: string, objectSid: string, { computers, tenant }: Judgement): void {
  const bySid = computers.find((computer) => computer.objectSid === objectSid);
  if (bySid?.objectGUID.toLowerCase() === objectGuid) return;
  const owner = computers.find((computer) => computer.objectGUID.toLowerCase() === objectGuid);
  const guid = `${ON_PREM_OBJECT_GUID.name} ${objectGuid} is the objectGUID of ${owner?.name ?? 'no computer'}`;
  const sid = `${PRIMARY_SID.name} ${objectSid} is that of ${bySid === undefined ? 'no computer' : `${bySid.name} (${bySid.objectGUID})`}`;
  refuse('DBL-TOK-18', 51004, `${guid}; ${sid}`, { tenant: tenant.id });
}

function checkPolicy({ form, tenant }: Judgement): void {
  if (!form.resource.acceptsDeviceOnlyTokens) {
    refuse('DBL-TOK-19', 221000, `a device token for ${form.resource.name}`, { name: form.resourceName });
  }
  if (tenant.policy().blockDeviceRegistration) refuse('DBL-TOK-21', 53003, 'a policy blocks device registration');
}

/** @param notFor claims that are of use to these alone are not read */
function sortClaims(
  attributes: readonly Attribute[],
  notFor: 'person' | 'device',
): Pick<AcceptedClaims, 'claims' | 'ignored'> {
  const read = (attribute: Attribute): boolean =>
    CLAIMS.some((row) => row.usedFor !== notFor && matches(attribute, row));
  const flat = (chosen: readonly Attribute[]): AcceptedClaim[] =>
    chosen.flatMap(({ name, namespace, values }) => values.map((value) => ({ name, namespace, value })));
  return { claims: flat(attributes.filter(read)), ignored: flat(attributes.filter((attribute) => !read(attribute))) };
}
