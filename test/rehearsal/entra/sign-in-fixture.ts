/**
 * A person's browser and identity provider at the local Entra, without Mortise: assertions from text templates, signed by
 * xml-crypto, in the responses of both versions of WS-Trust; and the requests that a browser would make.
 */
import { startLocalEntra } from '../../../src/rehearsal/entra/local-entra.ts';
import type { LocalEntra } from '../../../src/rehearsal/entra/local-entra.ts';
import type { FederationSettings } from '../../../src/rehearsal/entra/domain-registry.ts';
import type { SignInRequest } from '../../../src/rehearsal/entra/sign-in-requests.ts';
import { claim, deviceAssertion, ISSUER, NOW, NS, OBJECT_GUID, OBJECT_SID, sign } from './assertion-fixture.ts';
import type { FixtureAttribute, SigningIdentity } from './assertion-fixture.ts';
import { httpsBytes, tlsFor } from './join-fixture.ts';
import type { HttpsOptions } from './join-fixture.ts';

export const NORA = {
  onPremisesImmutableId: '/xmWb4aLEdC0LQDAT8lk/w==',
  userPrincipalName: 'nora.keller@contoso.example',
} as const;

/** A request as the local Entra keeps it while the person is at the identity provider. */
export const REQUEST: SignInRequest = {
  domain: 'contoso.example',
  userName: NORA.userPrincipalName,
  correlationId: '7b690c51-7ff3-4900-8875-18a409e1053e',
  secondFactor: false,
  mfaMaxAge: undefined,
  promptLogin: false,
  keepSignedIn: false,
  mkt: undefined,
  lc: undefined,
  sentAt: NOW,
  times: 1,
};

export const MULTIPLE_AUTHN = 'http://schemas.microsoft.com/claims/multipleauthn';
export const SAML_TOKEN_TYPE = 'urn:oasis:names:tc:SAML:1.0:assertion';
const WINDOWS = 'urn:federation:authentication:windows';

export const NAMES = {
  identity2008: 'http://schemas.microsoft.com/ws/2008/06/identity/claims',
  claims: 'http://schemas.microsoft.com/claims',
  psso: 'http://schemas.microsoft.com/2014/03',
} as const;

export interface PersonOptions {
  readonly method?: string;
  readonly instant?: string;
  readonly more?: readonly FixtureAttribute[];
  readonly issuer?: string;
  readonly edit?: (xml: string) => string;
}

/** An assertion about Nora, not signed. */
export function personAssertion({ method, instant, more, issuer, edit }: PersonOptions = {}): string {
  return deviceAssertion({
    ...(issuer === undefined ? {} : { issuer }),
    nameIdentifier: NORA.onPremisesImmutableId,
    attributes: [
      claim('ImmutableID', NS.liveId, NORA.onPremisesImmutableId),
      claim('UPN', NS.xmlsoapClaims, NORA.userPrincipalName),
      ...(more ?? []),
    ],
    edit: (xml) => {
      const done = xml
        .replace(`AuthenticationMethod="${WINDOWS}"`, `AuthenticationMethod="${method ?? WINDOWS}"`)
        .replace(/AuthenticationInstant="[^"]*"/, (all) =>
          instant === undefined ? all : `AuthenticationInstant="${instant}"`,
        );
      return edit?.(done) ?? done;
    },
  });
}

export interface ResponseOptions {
  /** undefined leaves the element out. */
  readonly tokenType?: string | undefined;
  readonly appliesTo?: string;
  /** Between all elements. */
  readonly space?: string;
}

const TRUST_2005 = 'http://schemas.xmlsoap.org/ws/2005/02/trust';
const TRUST_13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';

function responseOf(trust: string, token: string, options: ResponseOptions): string[] {
  const tokenType = 'tokenType' in options ? options.tokenType : SAML_TOKEN_TYPE;
  const address = `<a:Address xmlns:a="http://www.w3.org/2005/08/addressing">${options.appliesTo ?? 'urn:federation:MicrosoftOnline'}</a:Address>`;
  return [
    `<t:RequestSecurityTokenResponse xmlns:t="${trust}">`,
    '<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy">',
    `<a:EndpointReference xmlns:a="http://www.w3.org/2005/08/addressing">${address}</a:EndpointReference>`,
    '</wsp:AppliesTo>',
    '<t:RequestedSecurityToken>',
    token,
    '</t:RequestedSecurityToken>',
    ...(tokenType === undefined ? [] : [`<t:TokenType>${tokenType}</t:TokenType>`]),
    '</t:RequestSecurityTokenResponse>',
  ];
}

/** The bare response, as AD FS writes it. */
export function trust2005(token: string, options: ResponseOptions = {}): string {
  return responseOf(TRUST_2005, token, options).join(options.space ?? '');
}

/** The collection of WS-Trust 1.3. */
export function trust13(token: string, options: ResponseOptions = {}): string {
  return [
    `<t:RequestSecurityTokenResponseCollection xmlns:t="${TRUST_13}">`,
    ...responseOf(TRUST_13, token, options),
    '</t:RequestSecurityTokenResponseCollection>',
  ].join(options.space ?? '');
}

export interface BrowserReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Browser {
  readonly entra: LocalEntra;
  /** The time that the double sees; set to NOW at first. */
  readonly clock: { now: Date };
  request(path: string, options?: HttpsOptions): Promise<BrowserReply>;
  /** Opens the page with this query and gives the address to which the person is sent. */
  sentTo(query: string): Promise<URL>;
  /** The wctx of a new request. */
  wctxOf(query?: string): Promise<string>;
  answer(form: Readonly<Record<string, string>> | string): Promise<BrowserReply>;
  /** The whole way: a new request, and the answer to it. */
  signIn(xml: string, query?: string): Promise<BrowserReply>;
  federate(changes: Partial<FederationSettings>): void;
}

const QUERY = `username=${encodeURIComponent(NORA.userPrincipalName)}`;

export async function openBrowser(idp: SigningIdentity): Promise<Browser> {
  const clock = { now: NOW };
  const tls = await tlsFor('login.localhost', 'enterpriseregistration.localhost');
  const federation: FederationSettings = {
    issuerUri: ISSUER,
    passiveSignInUri: 'https://sts.contoso.example/wsf/prp/1',
    signOutUri: 'https://sts.contoso.example/wsf/prp/1',
    signingCertificate: idp.certificate,
  };
  const entra = await startLocalEntra({
    tls,
    now: () => clock.now,
    tenantId: '07ec9af2-7ce5-4ab7-8638-115736bbf990',
    tenantName: 'Contoso',
    domains: [
      { name: 'contoso.example', verified: true, federation },
      { name: 'managed.example', verified: true },
    ],
    directoryComputers: [{ name: 'PC1', objectGUID: OBJECT_GUID, objectSid: OBJECT_SID }],
    syncedUsers: [NORA],
  });
  const request = async (path: string, options?: HttpsOptions): Promise<BrowserReply> => {
    const { status, headers, body } = await httpsBytes(entra.urls.login + path, tls.cert, options);
    return { status, headers, text: body.toString('utf8') };
  };
  const sentTo = async (query: string): Promise<URL> => {
    const { status, headers, text } = await request(`/?${query}`);
    if (status !== 302) throw new Error(`not sent away: ${status} ${text}`);
    return new URL(String(headers['location']));
  };
  const wctxOf = async (query = QUERY): Promise<string> => (await sentTo(query)).searchParams.get('wctx') ?? '';
  const answer = (form: Readonly<Record<string, string>> | string): Promise<BrowserReply> =>
    request('/login.srf', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
  return {
    entra,
    clock,
    request,
    sentTo,
    wctxOf,
    answer,
    signIn: async (wresult, query) => answer({ wa: 'wsignin1.0', wresult, wctx: await wctxOf(query) }),
    federate: (changes) => entra.setFederation('contoso.example', { ...federation, ...changes }),
  };
}

/** A signed assertion about Nora. */
export function signedPerson(idp: SigningIdentity, options: PersonOptions = {}): string {
  return sign(personAssertion(options), idp);
}
