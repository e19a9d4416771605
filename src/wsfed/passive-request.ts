/**
 * What a browser is sent to ask for: the parameters of the passive protocol (WS-Federation 1.2 §13.2) as Entra writes
 * them, read into values.
 *
 * Hints (user name, language, ids) that cannot be used are left out. A condition that cannot be read is taken as its
 * strictest reading: it must not make a sign-in easier. What nobody knows is ignored: links and portals add parameters.
 *
 * Owns: the meaning of the parameters. Does not own: decoding (query.ts), who may ask and what he is answered (server/).
 */
import { Refusal } from '../refusal.ts';
import { MULTIPLE_AUTHENTICATION, WINDOWS_OR_MULTIPLE_AUTHENTICATION } from '../signin/session-claims.ts';
import { excerpt, MAX_VALUE_LENGTH } from '../wstrust/elements.ts';
import { languageOf } from './language.ts';
import { readQuery } from './query.ts';
import type { Query } from './query.ts';

export interface SignInRequest {
  readonly kind: 'sign-in';
  readonly wtrealm: string;
  /** Decoded once, to be returned byte for byte; empty where it came empty. */
  readonly wctx: string | undefined;
  /** Never answered to: the answer goes to the registered address. For a note. */
  readonly wreply: string | undefined;
  /** `wfresh=0` or `prompt=login`: no earlier sign-in counts. */
  readonly reauthenticate: boolean;
  /** `wfresh` above 0: the session's sign-in is at most so many minutes old (§13.2.2). */
  readonly freshMinutes: number | undefined;
  /** `wauth` names it; so for the three that follow. */
  readonly passwordAsked: boolean;
  readonly windowsAsked: boolean;
  readonly secondFactorAsked: boolean;
  /** Also by `resource_params`: so Windows before 10 asks when it registers a device. */
  readonly windowsOrSecondFactorAsked: boolean;
  readonly secondFactorMaxAgeSeconds: number | undefined;
  readonly userName: string | undefined;
  /** BCP 47 */
  readonly language: string | undefined;
  readonly requestId: string | undefined;
  /** The person told Entra to keep him signed in: `LoginOptions=3`, the one thing that is read of `wctx`. */
  readonly staysSignedIn: boolean;
}

export interface SignOutRequest {
  readonly kind: 'sign-out' | 'sign-out-cleanup';
  /** Not followed unless it is registered, which is the caller's to know. */
  readonly wreply: string | undefined;
  readonly requestId: string | undefined;
}

/** `none`: an address that somebody opened by hand, without `wa`. */
export type PassiveRequest = SignInRequest | SignOutRequest | { readonly kind: 'none' };

/** Entra's is below 2 KiB; the answer carries it back. */
const MAX_WCTX_BYTES = 16_384;
const MAX_USER_NAME_LENGTH = 1_024;
const MAX_RESOURCE_PARAMS_LENGTH = 8_192;

const PASSWORD_METHODS: readonly string[] = [
  'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
  // [SAML 1.1 core] §7.1.1: what Entra makes of prompt=login.
  'urn:oasis:names:tc:SAML:1.0:am:password',
];
const WINDOWS_METHODS: readonly string[] = [
  'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows',
  'urn:federation:authentication:windows',
];

/** Two of these would leave it open which one counts. */
const ONCE = ['wa', 'wtrealm', 'wctx'];

/**
 * @param query the raw query string without `?`, or an urlencoded body
 * @throws Refusal
 */
export function parsePassiveRequest(query: string): PassiveRequest {
  const parameters = readQuery(query, ONCE);
  const action = parameters.value('wa') ?? '';
  switch (action) {
    case '':
      return { kind: 'none' };
    case 'wsignin1.0':
      return signInRequest(parameters);
    case 'wsignout1.0':
      return signOutRequest(parameters, 'sign-out');
    case 'wsignoutcleanup1.0':
      return signOutRequest(parameters, 'sign-out-cleanup');
    default:
      throw new Refusal('wsfed-action-not-supported', { attribute: 'wa', actual: excerpt(action) });
  }
}

function signInRequest(parameters: Query): SignInRequest {
  const wtrealm = requireRealm(parameters.value('wtrealm'));
  const wctx = requireReturnable(parameters.value('wctx', 'wctx-not-returnable'));
  const methods = (parameters.value('wauth') ?? '').split(' ');
  const names = (wanted: readonly string[]): boolean => methods.some((method) => wanted.includes(method));
  const minutes = countOf(parameters.value('wfresh'));
  return {
    kind: 'sign-in',
    wtrealm,
    wctx,
    wreply: hint(parameters.value('wreply'), MAX_VALUE_LENGTH),
    // OpenID Connect Core §3.1.2.1: `prompt` is a list.
    reauthenticate: minutes === 0 || (parameters.value('prompt') ?? '').split(' ').includes('login'),
    freshMinutes: minutes === 0 ? undefined : minutes,
    passwordAsked: names(PASSWORD_METHODS),
    windowsAsked: names(WINDOWS_METHODS),
    secondFactorAsked: names([MULTIPLE_AUTHENTICATION]),
    windowsOrSecondFactorAsked:
      names([WINDOWS_OR_MULTIPLE_AUTHENTICATION]) || asksForWindowsOrMultiple(parameters.value('resource_params')),
    secondFactorMaxAgeSeconds: countOf(parameters.value('mfa_max_age')),
    userName:
      hint(parameters.value('login_hint'), MAX_USER_NAME_LENGTH) ??
      hint(parameters.value('username'), MAX_USER_NAME_LENGTH),
    language: languageOf(parameters.value('mkt'), parameters.value('lc')),
    requestId: requestIdOf(parameters),
    staysSignedIn: wctx !== undefined && /(?:^|&)LoginOptions=3(?:&|$)/.test(wctx),
  };
}

function signOutRequest(parameters: Query, kind: SignOutRequest['kind']): SignOutRequest {
  const wreply = hint(parameters.value('wreply'), MAX_VALUE_LENGTH);
  return { kind, wreply, requestId: requestIdOf(parameters) };
}

function requireRealm(wtrealm: string | undefined): string {
  if (wtrealm === undefined || wtrealm === '') throw new Refusal('wtrealm-missing', { attribute: 'wtrealm' });
  if (wtrealm.length > MAX_VALUE_LENGTH || CONTROL.test(wtrealm)) {
    throw new Refusal('wsfed-request-malformed', {
      attribute: 'wtrealm',
      expected: 'a URI of at most 2048 characters',
    });
  }
  return wtrealm;
}

const CONTROL = /\p{Cc}/u;

/**
 * A form's submission turns every line end into CR LF, and reading its page turns NUL into U+FFFD (HTML Standard, “Converting
 * an entry list to a list of name-value pairs” and “Tokenization”): such a text would come back changed, and Entra would
 * not know its request any more.
 */
function requireReturnable(wctx: string | undefined): string | undefined {
  if (wctx === undefined) return undefined;
  if (CONTROL.test(wctx))
    throw new Refusal('wctx-not-returnable', { attribute: 'wctx', actual: 'a control character' });
  const length = Buffer.byteLength(wctx);
  if (length > MAX_WCTX_BYTES) {
    throw new Refusal('wctx-not-returnable', { attribute: 'wctx', actual: `${length} bytes` });
  }
  return wctx;
}

/** The value when it is of use. */
function hint(value: string | undefined, maxLength: number): string | undefined {
  return value === undefined || value === '' || value.length > maxLength || CONTROL.test(value) ? undefined : value;
}

/** A decimal number; 0, the strictest, for anything else that is not empty. */
function countOf(value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  return /^\d{1,9}$/.test(value) ? Number(value) : 0;
}

/** The value of `client-request-id` where it is one as ADAL and WAM make it. Bounded: it goes into the record. */
function requestIdOf(parameters: Query): string | undefined {
  const value = parameters.value('client-request-id');
  return value !== undefined && /^[\w{}:.-]{1,80}$/.test(value) ? value : undefined;
}

/** `{"Properties":[{"Key":"acr","Value":"wiaormultiauthn"}]}` in base64. It only ever asks for more, so what cannot be read asks for nothing. */
function asksForWindowsOrMultiple(value: string | undefined): boolean {
  if (value === undefined || value.length > MAX_RESOURCE_PARAMS_LENGTH) return false;
  const properties = propertiesOf(value);
  return properties.some(
    (property) =>
      isObject(property) &&
      property['Key'] === 'acr' &&
      (property['Value'] === 'wiaormultiauthn' || property['Value'] === WINDOWS_OR_MULTIPLE_AUTHENTICATION),
  );
}

function propertiesOf(value: string): readonly unknown[] {
  try {
    // An unescaped `+` of base64 arrives as a space.
    const read: unknown = JSON.parse(Buffer.from(value.replaceAll(' ', '+'), 'base64').toString());
    return isObject(read) && Array.isArray(read['Properties']) ? read['Properties'] : [];
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
