/**
 * A person signs in at the joined device: realm, MEX, usernamemixed, and the primary refresh token at Entra. Owns the order
 * and what Windows makes of a failure. Windows prints no transcript of it: `dsregcmd /status` tells (device-status.ts).
 */
import type { Device } from './device.ts';
import { discoverRealm } from './discovery.ts';
import { fetchMex, requireWsTrust } from './federated-token.ts';
import { HRESULTS, JoinFailure } from './join-codes.ts';
import type { HresultName } from './join-codes.ts';
import { requestAssertionByPassword } from './password-client.ts';
import { requestPrimaryRefreshToken } from './primary-refresh-token.ts';
import type { PrimaryRefreshToken } from './primary-refresh-token.ts';
import type { JoinedDevice } from './status-block.ts';

export interface Person {
  readonly userPrincipalName: string;
  /** `CORP\\nora.keller` */
  readonly accountName: string;
  readonly typedPassword: string;
  readonly credential: 'password' | 'certificate';
}

export interface SignInResult {
  readonly person: Person;
  readonly requestId: string;
  /** What was asked, in order, one line each. */
  readonly steps: readonly string[];
  readonly prt: PrimaryRefreshToken | undefined;
  readonly failure: SignInFailure | undefined;
}

export interface SignInFailure {
  /** `Attempt Status` of dsregcmd /status. */
  readonly status: HresultName;
  readonly endpoint: string;
  readonly cause: JoinFailure;
}

/** Throws only for a defect of the rehearsal. */
export async function signIn(device: Device, person: Person, joined: JoinedDevice): Promise<SignInResult> {
  const requestId = device.randomUUID();
  const steps: string[] = [];
  let endpoint = device.login;
  try {
    const domain = person.userPrincipalName.slice(person.userPrincipalName.lastIndexOf('@') + 1);
    const realm = await discoverRealm(device.http, device.login, domain);
    steps.push(`realm of ${domain}: ${realm.accountType}, ${realm.federationProtocol ?? 'no protocol'}`);
    endpoint = requireWsTrust(realm);
    const mex = await fetchMex(device.http, endpoint, person.credential);
    steps.push(`MEX: the endpoint for a ${person.credential} is ${mex.address}`);
    endpoint = mex.address;
    const assertion = await requestAssertionByPassword(device.http, {
      address: mex.address,
      appliesTo: realm.audience,
      messageId: device.randomUUID(),
      requestId,
      userPrincipalName: person.userPrincipalName,
      password: person.typedPassword,
      now: device.now(),
    });
    steps.push('WS-Trust: an assertion for user name and password');
    endpoint = `${device.login}/common/oauth2/token`;
    const now = device.now();
    const prt = await requestPrimaryRefreshToken(
      device.http,
      device.login,
      assertion,
      joined.registered,
      requestId,
      now,
    );
    steps.push('Entra: a primary refresh token, for the ImmutableID of a synchronised user');
    return { person, requestId, steps, prt, failure: undefined };
  } catch (cause) {
    if (!(cause instanceof JoinFailure)) throw cause;
    const failure = { status: attemptStatus(cause.hresult), endpoint, cause };
    steps.push(`${HRESULTS[cause.hresult]} ${cause.hresult}`);
    return { person, requestId, steps, prt: undefined, failure };
  }
}

/** What CloudAP reports where ADAL would report the code of the join. */
function attemptStatus(hresult: HresultName): HresultName {
  return ATTEMPT_STATUS[hresult] ?? (HRESULTS[hresult].startsWith('0xc0') ? hresult : 'STATUS_NETWORK_UNREACHABLE');
}

const ATTEMPT_STATUS: Partial<Record<HresultName, HresultName>> = {
  DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED: 'STATUS_NO_SUCH_LOGON_SESSION',
  ERROR_ADAL_COULDNOT_DISCOVER_USERNAME_PASSWORD_ENDPOINT: 'AAD_CLOUDAP_E_HTTP_PASSWORD_URI_IS_EMPTY',
  ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED: 'AAD_CLOUDAP_E_WSTRUST_SAML_TOKENS_ARE_EMPTY',
};
