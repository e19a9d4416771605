/**
 * What Entra would say to each claim of an assertion that does not exist yet: whether it reads it at all, and what it
 * would make of the value. By the names, namespaces and forms of the strict local Entra (rehearsal/entra).
 *
 * Does not own: what decides beside the claims (issuer, signature, times), and whether the object is synchronised.
 */
import {
  ACCOUNT_TYPE,
  CLAIMS,
  DEVICE_CLAIMS,
  IMMUTABLE_ID,
  ISSUER_ID,
  NAME_IDENTIFIER_FORMATS,
  ON_PREM_OBJECT_GUID,
  PRIMARY_SID,
  UPN,
} from '../rehearsal/entra/claims-table.ts';
import type { ClaimRow } from '../rehearsal/entra/claims-table.ts';
import { guidFromBytes, guidToBytes, isDomainSid, strictBase64 } from '../rehearsal/entra/guid.ts';

export interface StatedClaim {
  readonly name: string;
  readonly namespace: string;
  readonly values: readonly string[];
}

/** What the directory says of the object; undefined where the entry has no such value, or it is not read. */
export interface KnownObject {
  readonly kind: 'device' | 'person';
  readonly issuer: string;
  readonly objectGuid: string | undefined;
  readonly objectSid: string | undefined;
  /** Base64 of the bytes that Entra Connect would take for the ImmutableID. */
  readonly immutableId: string | undefined;
  readonly userPrincipalName: string | undefined;
}

export interface Verdict {
  /** `passed over`: not read, and no harm. */
  readonly says: 'takes it' | 'passed over' | 'refuses';
  /** Why, or what it makes of it. */
  readonly why: string;
}

const takes = (why: string): Verdict => ({ says: 'takes it', why });
const passes = (why: string): Verdict => ({ says: 'passed over', why });
const refuses = (why: string): Verdict => ({ says: 'refuses', why });

export function nameIdentifierVerdict(value: string, format: string, object: KnownObject): Verdict {
  if (!NAME_IDENTIFIER_FORMATS.some((known) => known === format))
    return refuses(`AADSTS50008: the format is none of ${NAME_IDENTIFIER_FORMATS.join(', ')}`);
  if (object.kind === 'person' && object.immutableId !== undefined && value !== object.immutableId)
    return takes(`though it is not the ImmutableID ${object.immutableId}; the claim of that name decides`);
  return takes('one value, in a format that Entra knows');
}

export function claimVerdict(claim: StatedClaim, object: KnownObject): Verdict {
  const row = CLAIMS.find(({ name, namespaces }) => name === claim.name && namespaces.includes(claim.namespace));
  if (row === undefined) return unread(claim);
  if (row.usedFor !== 'both' && row.usedFor !== object.kind) return outOfPlace(row, object);
  const [value, ...more] = claim.values;
  if (value === undefined) return passes('it has no value');
  if (more.length > 0 && SINGLE.some((single) => single.name === row.name))
    return refuses(`AADSTS50008: it has ${claim.values.length} values`);
  return VALUES[row.name]?.(value, object) ?? takes('as it stands');
}

/** Claims of which the assertion must have one, once all are there: undefined when nothing is missing. */
export function missingVerdict(claims: readonly StatedClaim[], { kind }: KnownObject): Verdict | undefined {
  const stated = ({ name, namespaces }: ClaimRow): boolean =>
    claims.some((claim) => claim.name === name && namespaces.includes(claim.namespace) && claim.values.length > 0);
  const absent = (kind === 'device' ? DEVICE_CLAIMS : [IMMUTABLE_ID]).filter((row) => !stated(row));
  if (absent.length === 0) return undefined;
  const names = absent.map(({ name }) => name).join(', ');
  return refuses(
    kind === 'device'
      ? `AADSTS51004: ${names} is not there, so it takes the device for a person that it does not know`
      : `AADSTS90020: ${names} is not there`,
  );
}

const SINGLE: readonly ClaimRow[] = [...DEVICE_CLAIMS, IMMUTABLE_ID];

/** The name alone is known: the usual fault is a namespace that is not Entra's. */
function unread({ name, namespace }: StatedClaim): Verdict {
  const meant = CLAIMS.find((row) => row.name.toLowerCase() === name.toLowerCase());
  if (meant === undefined) return passes('Entra reads no such claim');
  const why = `it stands as ${name} in ${namespace}, not as ${meant.name} in ${meant.namespaces.join(' or ')}`;
  return SINGLE.includes(meant) ? refuses(`AADSTS51004: ${why}`) : passes(why);
}

function outOfPlace(row: ClaimRow, { kind }: KnownObject): Verdict {
  return kind === 'person' && DEVICE_CLAIMS.some(({ name }) => name === row.name)
    ? refuses('AADSTS51004: with a device’s claim it takes the person for a device')
    : passes(`it is read for a ${row.usedFor} alone`);
}

const VALUES: Readonly<Record<string, (value: string, object: KnownObject) => Verdict>> = {
  [ACCOUNT_TYPE.name]: (value) =>
    value === 'DJ' ? takes('a device of the domain') : refuses(`AADSTS51004: the value is ${value}, not DJ`),
  [ON_PREM_OBJECT_GUID.name]: objectGuidVerdict,
  [PRIMARY_SID.name]: (value, { objectSid }) => {
    if (!isDomainSid(value)) return refuses('AADSTS50008: it is no SID of an account of a domain, S-1-5-21-…');
    return objectSid === undefined || value === objectSid
      ? takes('the SID of the computer account')
      : refuses(`AADSTS51004: it is not the objectSid ${objectSid}`);
  },
  [IMMUTABLE_ID.name]: immutableIdVerdict,
  [ISSUER_ID.name]: (value, { issuer }) =>
    value === issuer ? takes('the Issuer once more') : refuses(`AADSTS50107: it is not the Issuer ${issuer}`),
  [UPN.name]: (value, { kind, userPrincipalName }) => {
    if (kind === 'device') return takes('it is not compared');
    return userPrincipalName === undefined || value.toLowerCase() === userPrincipalName.toLowerCase()
      ? takes('if it is that user’s in Entra')
      : refuses(`AADSTS51004: in AD it is ${userPrincipalName}, and Entra has that one unless it was changed there`);
  },
};

function objectGuidVerdict(value: string, { objectGuid }: KnownObject): Verdict {
  const bytes = strictBase64(value);
  if (bytes?.length !== 16) return refuses('AADSTS50008: it is not base64 of the 16 bytes of an objectGUID');
  const guid = guidFromBytes(bytes);
  if (objectGuid === undefined || guid === objectGuid.toLowerCase()) return takes(`the device’s id becomes ${guid}`);
  const swapped = Buffer.from(objectGuid.replaceAll('-', ''), 'hex').equals(bytes);
  return refuses(
    `AADSTS51004: it is ${guid}, the objectGUID is ${objectGuid}${swapped ? '; the bytes stand in the order of the text, not of AD' : ''}`,
  );
}

function immutableIdVerdict(value: string, { kind, immutableId, objectGuid }: KnownObject): Verdict {
  if (immutableId === undefined || value === immutableId)
    return takes(kind === 'device' ? 'it is not compared' : 'if the user is synchronised with it');
  if (kind === 'device') return takes(`it is not compared, though the anchor is ${immutableId}`);
  const isObjectGuid = objectGuid !== undefined && value === Buffer.from(guidToBytes(objectGuid)).toString('base64');
  return isObjectGuid
    ? takes('if Entra Connect’s anchor is objectGUID')
    : refuses(`AADSTS51004: the user is synchronised with ${immutableId}, if Entra Connect takes the same anchor`);
}
