/**
 * One line of Entra's sign-in log, whichever way it was exported: Microsoft Graph's `signIn` resource as JSON, the Entra
 * admin center's JSON or CSV, PowerShell's. Names of fields compare by their letters and digits alone. Pure; owns what the
 * fields are called and mean, not the formats (read.ts).
 */

export interface EntraSignIn {
  /** Undefined when there is none, or none that has one meaning (`3/12/2025 7:22:01 AM`). */
  readonly at: Date | undefined;
  readonly user: string | undefined;
  readonly device: { readonly name?: string; readonly id?: string };
  readonly isGuest: boolean;
  /** False only where the log says so: a sign-in of which it says nothing must not be left aside. */
  readonly succeeded: boolean;
  /** Whether a token of the federated identity provider was presented, as far as the log says. */
  readonly federated: 'yes' | 'no' | 'unclear';
  readonly address: string | undefined;
  readonly application: string | undefined;
  /** Entra's request id, or the correlation id. */
  readonly id: string | undefined;
}

/** Names are as {@link fieldName} writes them. A name may stand twice in a CSV file. */
export type Fields = ReadonlyMap<string, readonly unknown[]>;

/** What its time may be called: every sign-in has one. */
export const TIMES: readonly string[] = ['createddatetime', 'dateutc', 'timegenerated'];

export const fieldName = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

export function entraSignIn(fields: Fields): EntraSignIn {
  const first = (...names: readonly string[]): string | undefined => texts(fields, names)[0];
  const deviceName = first('devicedetaildisplayname', 'devicename');
  const deviceId = first('devicedetaildeviceid', 'deviceid');
  return {
    at: instant(first(...TIMES)),
    user: first('userprincipalname', 'username', 'signinidentifier')?.toLowerCase(),
    device: { ...(deviceName !== undefined && { name: deviceName }), ...(deviceId !== undefined && { id: deviceId }) },
    isGuest: first('usertype')?.toLowerCase() === 'guest',
    succeeded: hasSucceeded(first('statuserrorcode', 'signinerrorcode', 'resulttype'), first('status')),
    federated: federatedBy(fields),
    address: first('ipaddress'),
    application: first('appdisplayname', 'application'),
    id: first('id', 'requestid', 'correlationid'),
  };
}

function texts(fields: Fields, names: readonly string[]): readonly string[] {
  const values = names.flatMap((name) => fields.get(name) ?? []);
  return values
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => String(value).trim())
    .filter((text) => text !== '');
}

/** ISO 8601 with its offset; the admin center writes UTC. */
function instant(text: string | undefined): Date | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(text))
    return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function hasSucceeded(code: string | undefined, status: string | undefined): boolean {
  if (code !== undefined) return code === '0';
  return status === undefined || status.toLowerCase() === 'success';
}

/** What a session of Entra's own renews itself with: no identity provider was asked. */
const OWN_TOKENS: readonly string[] = ['primaryrefreshtoken', 'refreshtoken', 'remotedesktoptoken'];

/**
 * `incomingTokenType` and `tokenIssuerType` tell where they are filled in. Their absence does not: Entra names no token type
 * that is not in its list, and `none` neither.
 */
function federatedBy(fields: Fields): EntraSignIn['federated'] {
  const incoming = texts(fields, ['incomingtokentype']).flatMap((text) => text.split(/[,;]/).map(fieldName));
  if (incoming.some((type) => type === 'saml11' || type === 'saml20')) return 'yes';
  if (texts(fields, ['tokenissuertype']).some((text) => fieldName(text) === 'adfederationservices')) return 'yes';
  const steps = texts(fields, ['authenticationmethods']).map(fieldName);
  if (steps.some((step) => step.includes('federat') || step.includes('adfs'))) return 'yes';
  if (incoming.some((type) => OWN_TOKENS.includes(type))) return 'no';
  // A password or key that Entra itself has checked.
  const byEntra = /cloud|passwordhash|passthrough|windowshello|fido|passkey|certificate/;
  return steps.some((step) => byEntra.test(step)) ? 'no' : 'unclear';
}
