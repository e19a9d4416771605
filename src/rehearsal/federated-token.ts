/**
 * The auth phase of a federated join (`GetComputerTokenForADRS`): what the realm promises, the MEX document, the assertion
 * for the computer's ticket, and its exchange at Entra. Owns the order and the checks of the realm (DBL-RLM-03, -04).
 */
import type { DiscoveryDocument, Realm } from './discovery.ts';
import type { HttpClient } from './http-client.ts';
import { JoinFailure } from './join-codes.ts';
import { readMex } from './mex-reader.ts';
import type { Credential, MexReading } from './mex-reader.ts';
import { requestAccessToken } from './token-client.ts';
import { printTokenResponse, printTokenStart, printWebRequest } from './transcript.ts';
import type { Transcript } from './transcript.ts';
import { requestAssertion } from './windows-transport-client.ts';
import type { ClientTicket } from './windows-transport-client.ts';

/** What the device brings along. */
export interface TokenDevice {
  readonly http: HttpClient;
  /** Origin of login.microsoftonline.com's stand-in. */
  readonly login: string;
  readonly ticketFor: (host: string) => ClientTicket;
  readonly randomUUID: () => string;
}

/**
 * @param warnings gets those of the MEX document, also when a later step fails
 * @throws JoinFailure of the phase `auth`
 */
export async function acquireToken(
  device: TokenDevice,
  realm: Realm,
  discovery: DiscoveryDocument,
  transcript: Transcript,
  requestId: string,
  warnings: string[],
): Promise<string> {
  const authority = `${device.login}/common`;
  printTokenStart(transcript, discovery.authCodeUrl, authority);
  const metadataUrl = requireWsTrust(realm);
  transcript.adal('AggregatedTokenRequest::UseWindowsIntegratedAuth- received realm info');
  const mex = await fetchMex(device.http, metadataUrl);
  warnings.push(...mex.warnings);
  transcript.adal(
    `AggregatedTokenRequest::GetAppliesTo: using resource ID "${realm.audience}" for authority "${authority}".`,
  );
  const assertion = await requestAssertion(device.http, {
    address: mex.address,
    appliesTo: realm.audience,
    messageId: device.randomUUID(),
    requestId,
    ticketFor: device.ticketFor,
  });
  printWebRequest(transcript);
  try {
    const token = await requestAccessToken(device.http, device.login, discovery.joinResourceId, assertion, requestId);
    printTokenResponse(transcript, undefined);
    return token;
  } catch (failure) {
    if (failure instanceof JoinFailure && failure.server.status !== undefined) printTokenResponse(transcript, failure);
    throw failure;
  }
}

/** @returns the address of the MEX document */
export function requireWsTrust(realm: Realm): string {
  const { federationProtocol, metadataUrl } = realm;
  if (federationProtocol?.toLowerCase() !== 'wstrust')
    throw new JoinFailure(
      'auth',
      'ERROR_ADAL_PROTOCOL_NOT_SUPPORTED',
      `DBL-RLM-03: federation_protocol is ${federationProtocol ?? 'missing'}: set PreferredAuthenticationProtocol to wsFed`,
    );
  if (metadataUrl === undefined || metadataUrl === '')
    throw new JoinFailure('auth', 'ERROR_ADAL_USERREALM_NOENDPOINT', 'DBL-RLM-04: MetadataExchangeUri is not set');
  if (!metadataUrl.startsWith('https://'))
    throw new JoinFailure(
      'auth',
      'ERROR_ADAL_WS_TRUST_METADATAURL_NOT_SECURE',
      `DBL-RLM-04: MetadataExchangeUri ${metadataUrl} is not https`,
    );
  return metadataUrl;
}

export async function fetchMex(http: HttpClient, url: string, credential?: Credential): Promise<MexReading> {
  const response = await http.send({ method: 'GET', url }).catch((error: Error) => {
    throw new JoinFailure('auth', 'ERROR_ADAL_WS_TRUST_MEX_REQUEST', `DBL-MEX-01: ${url}: ${error.message}`);
  });
  if (response.status !== 200)
    throw new JoinFailure('auth', 'ERROR_ADAL_WS_TRUST_MEX_REQUEST', `DBL-MEX-01: ${url} answered ${response.status}`, {
      status: response.status,
    });
  return readMex(response.body, credential);
}
