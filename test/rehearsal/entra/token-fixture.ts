/** A token request with one thing changed, judged by a tenant with several domains; and the words in which defects are told. */
import { TokenRefusal } from '../../../src/rehearsal/entra/token-checks.ts';
import type { TokenCheckId } from '../../../src/rehearsal/entra/token-checks.ts';
import type { AadstsCode } from '../../../src/rehearsal/entra/aadsts.ts';
import { createTenant } from '../../../src/rehearsal/entra/tenant.ts';
import type { FederationSettings } from '../../../src/rehearsal/entra/domain-registry.ts';
import type { Policy } from '../../../src/rehearsal/entra/tenant.ts';
import { acceptTokenRequest } from '../../../src/rehearsal/entra/token.ts';
import type { AcceptedRequest } from '../../../src/rehearsal/entra/token.ts';
import type { DeviceIdentity } from '../../../src/rehearsal/entra/token-claims.ts';
import {
  claim,
  deviceAssertion,
  ISSUER,
  NOW,
  NS,
  OBJECT_GUID,
  OBJECT_SID,
  sign,
  signingIdentity,
} from './assertion-fixture.ts';

export const TENANT_ID = '07ec9af2-7ce5-4ab7-8638-115736bbf990';
export const idp = await signingIdentity();
export const next = await signingIdentity();
export const stranger = await signingIdentity();
export const weak = await signingIdentity(1024);

export const OTHER_COMPUTER = {
  name: 'PC2',
  objectGUID: '0d2a2c4e-55aa-4bb1-8f1e-7a9f6c5d4e3b',
  objectSid: 'S-1-5-21-126850608-2097551590-1142751551-1301',
};
const COMPUTERS = [{ name: 'PC1', objectGUID: OBJECT_GUID.toUpperCase(), objectSid: OBJECT_SID }, OTHER_COMPUTER];
export const PERSON = { onPremisesImmutableId: '/xmWb4aLEdC0LQDAT8lk/w==', userPrincipalName: 'ada@contoso.example' };

export interface Case {
  /** The assertion's XML, signed unless the case says otherwise. */
  readonly xml?: () => string;
  readonly method?: string;
  readonly version?: 'v1' | 'v2';
  readonly authority?: string;
  readonly contentType?: string;
  readonly form?: Readonly<Record<string, string | undefined>>;
  /** The body as it is sent, in place of the form. */
  readonly body?: (form: Readonly<Record<string, string>>) => string | Uint8Array;
  readonly federation?: Partial<FederationSettings>;
  readonly policy?: Partial<Policy>;
  readonly now?: Date;
  /** Of the person, in Entra. */
  readonly upn?: string;
  /** ImmutableID of who is disabled. */
  readonly disabled?: string;
}

export const signed = (...options: Parameters<typeof deviceAssertion>): string =>
  sign(deviceAssertion(...options), idp);
export const edited = (edit: (xml: string) => string): string => signed({ edit });
export const personOf = (immutableId: string): string =>
  signed({ attributes: [claim('ImmutableID', NS.liveId, immutableId)] });
export const base64 = (xml: string): string => Buffer.from(xml).toString('base64');

export function accept(each: Case): AcceptedRequest {
  const tenant = createTenant(
    {
      tenantId: TENANT_ID,
      tenantName: 'Contoso',
      domains: [
        {
          name: 'contoso.example',
          verified: true,
          federation: {
            issuerUri: ISSUER,
            signingCertificate: idp.certificate,
            nextSigningCertificate: next.certificate,
            ...each.federation,
          },
        },
        { name: 'managed.example', verified: true },
        { name: 'eu.contoso.example', verified: true },
        {
          name: 'other.example',
          verified: true,
          federation: { issuerUri: 'https://other-issuer.example/', signingCertificate: idp.certificate },
        },
        {
          name: 'unverified.example',
          verified: false,
          federation: { issuerUri: 'https://unverified.example/', signingCertificate: idp.certificate },
        },
      ],
      syncedUsers: [{ ...PERSON, ...(each.upn !== undefined && { userPrincipalName: each.upn }) }],
    },
    () => '49d756d3-5c24-411f-b66c-fb8bc7625eaa',
  );
  tenant.setPolicy(each.policy ?? {});
  if (each.disabled !== undefined) tenant.users.setEnabled(each.disabled, false);
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:saml1_1-bearer',
    client_id: 'dd762716-544d-4aeb-a526-687b73838a22',
    resource: 'urn:ms-drs:enterpriseregistration.windows.net',
    scope: 'openid',
    assertion: base64((each.xml ?? signed)()),
    ...each.form,
  };
  const present = Object.fromEntries(
    Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const body = each.body?.(present) ?? new URLSearchParams(present).toString();
  return acceptTokenRequest(
    {
      method: each.method ?? 'POST',
      authority: each.authority ?? 'common',
      contentType: each.contentType ?? 'application/x-www-form-urlencoded',
      body: typeof body === 'string' ? Buffer.from(body) : body,
      version: each.version ?? 'v1',
    },
    { tenant, computers: COMPUTERS, now: each.now ?? NOW, clockSkewMs: 300_000 },
  );
}

export function deviceOf(each: Case): DeviceIdentity {
  const accepted = accept(each);
  if (accepted.kind !== 'device') throw new Error('it was taken for a person');
  return accepted.device;
}

export function refusalOf(each: Case): TokenRefusal {
  try {
    accept(each);
  } catch (error) {
    if (error instanceof TokenRefusal) return error;
    throw error;
  }
  throw new Error('the request was accepted');
}

export const unsigned = deviceAssertion;
export const saml2 = '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" ID="_a"/>';
export const SAML2_GRANT = 'urn:ietf:params:oauth:grant-type:saml2-bearer';
export const url64 = (xml: string): string => Buffer.from(xml).toString('base64url');
export const tamper = (from: string | RegExp, to: string) => (): string => {
  const before = signed();
  const after = before.replace(from, to);
  if (after === before) throw new Error(`the fixture holds no ${String(from)}`);
  return after;
};
export const without = (pattern: string | RegExp) => (): string => edited((xml) => xml.replaceAll(pattern, ''));
export const changed = (from: string | RegExp, to: string) => (): string => edited((xml) => xml.replaceAll(from, to));

/** The check that refuses, the code that it answers, and what is wrong. */
export type Defect = readonly [TokenCheckId, AadstsCode, string, Case];
