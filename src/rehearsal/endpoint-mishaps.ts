/** Mishaps at the federation service's endpoint for devices, where Entra judges the token, and at device registration. */
import { SAMPLE_PEOPLE_DN } from '../directory/sample-domain.ts';
import type { Mishap } from './mishaps.ts';
import { rewritingAt, statusAt, withoutAnswerHeaderAt, withoutRequestHeaderAt } from './on-the-way.ts';

const WINDOWS_TRANSPORT = /\/windowstransport$/;
const TEN_MINUTES = 600_000;
const TOKEN_TYPE = /(TokenType>)[^<]+(<)/;
const TOKEN_PROFILE = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1';

export const ENDPOINT_MISHAPS = {
  'negotiate-dropped': {
    wrong: 'A reverse proxy drops WWW-Authenticate, so the device is not asked for its ticket.',
    cure: 'Pass WWW-Authenticate and Authorization through, and keep a client’s requests on one connection.',
    shows: 'ERROR_HTTP_STATUS_DENIED',
    change: { onTheWay: withoutAnswerHeaderAt(WINDOWS_TRANSPORT, 'www-authenticate') },
  },
  'firewall-refuses': {
    wrong: 'A web application firewall in front of Mortise answers SOAP with 403.',
    cure: 'Let the firewall pass POST with application/soap+xml to `/wsf/sts/`.',
    shows: 'ERROR_HTTP_STATUS_FORBIDDEN',
    change: { onTheWay: statusAt(WINDOWS_TRANSPORT, 403) },
  },
  'load-balancer-empty': {
    wrong: 'The load balancer in front of Mortise has no server left and answers 503.',
    cure: 'Look at the load balancer’s health check: it is to ask `/health`.',
    shows: 'ERROR_HTTP_STATUS_SERVICE_UNAVAIL',
    change: { onTheWay: statusAt(WINDOWS_TRANSPORT, 503) },
  },
  'other-network': {
    wrong: 'The device’s network is none of windowsTransportNetworks.',
    cure: 'Add the network to `server.windowsTransportNetworks`, or the proxy to `server.trustedProxies`.',
    shows: 'ERROR_HTTP_STATUS_FORBIDDEN',
    change: { windowsTransportNetworks: ['10.0.0.0/8'] },
  },
  'old-service-password': {
    wrong: 'The service account’s password was changed in AD, and Mortise has the old one.',
    cure: 'Give Mortise the present password of the service account, then start it again.',
    shows: 'ERROR_HTTP_STATUS_DENIED',
    change: { serviceAccountPassword: 'other' },
  },
  'wrong-audience': {
    wrong: 'audienceRestriction is not what Windows asks a token for.',
    cure: 'Leave `audienceRestriction` out, with the template: it is urn:federation:MicrosoftOnline, compared letter by letter.',
    shows: 'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED',
    change: { audienceRestriction: 'urn:federation:microsoftonline' },
  },
  'other-search-base': {
    wrong: 'searchBaseDn of the device user type is another OU than the one that the computer is in.',
    cure: 'Set `searchBaseDn` of the device user type to an OU above all computers that are to join.',
    shows: 'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED',
    change: { devicesBelow: SAMPLE_PEOPLE_DN },
  },
  'other-token-type': {
    wrong: 'An XML gateway writes the TokenType of the SAML token profile in place of the one that Windows knows.',
    cure: 'Let the gateway pass answers of `/wsf/` byte by byte.',
    shows: 'ERROR_ADAL_SERVER_ERROR_SAML_ASSERTION_NOT_FOUND',
    change: { onTheWay: rewritingAt(WINDOWS_TRANSPORT, (body) => body.replace(TOKEN_TYPE, `$1${TOKEN_PROFILE}$2`)) },
  },
  'answer-reformatted': {
    wrong: 'A reverse proxy or XML gateway indents what it passes on, so the signature no longer fits the assertion.',
    cure: 'Let the gateway pass answers of `/wsf/` byte by byte.',
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 50006,
    change: { onTheWay: rewritingAt(WINDOWS_TRANSPORT, (body) => body.replaceAll('><', '>\n<')) },
  },
  'guid-as-text': {
    wrong: 'onpremobjectguid is the GUID as text, not the base64 of its bytes.',
    cure: 'Map it as the template does: `#string.uuidAsBase64Guid(user.externalId,null)`.',
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 50008,
    change: { attributes: [{ name: 'onpremobjectguid', value: '${user.externalId}' }] },
  },
  'registration-disabled': {
    wrong: 'The enterprise application Device Registration Service is disabled in the tenant.',
    cure: 'Enable it in the Entra admin center (Enterprise applications, Microsoft applications).',
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_RESOURCE',
    aadsts: 500014,
    change: { disabledResources: ['urn:ms-drs:enterpriseregistration.windows.net'] },
  },
  'authorization-dropped': {
    wrong: 'The proxy drops Authorization on the way to device registration, so the token does not arrive.',
    cure: 'Let the proxy pass Entra’s addresses through without TLS inspection.',
    shows: 'DSREG_E_DEVICE_AUTHENTICATION_ERROR',
    change: { onTheWay: withoutRequestHeaderAt(/\/EnrollmentServer\/device\//, 'authorization') },
  },
  'too-many-attempts': {
    wrong: 'The device has tried to join too often, and device registration makes it wait.',
    cure: 'Wait for five minutes, then start the task Automatic-Device-Join once.',
    shows: 'DSREG_E_DIRECTORY_FAILURE',
    change: { joinsWithinAMinute: 0 },
  },
  'earlier-user-certificate': {
    wrong: 'The domain is managed, and Entra Connect has not yet brought the computer’s present userCertificate.',
    cure: 'Run `Start-ADSyncSyncCycle -PolicyType Delta` on the Entra Connect server, then join again.',
    shows: 'DSREG_E_DEVICE_AUTHENTICATION_ERROR',
    change: { believed: () => undefined, userCertificateInEntra: 'earlier' },
  },
  'device-clock': {
    wrong: 'The domain is managed, and the device’s clock is ten minutes behind: what it signs is not current.',
    cure: 'Correct the domain’s clocks (`w32tm /resync`).',
    shows: 'DSREG_E_DEVICE_AUTHENTICATION_ERROR',
    change: { believed: () => undefined, userCertificateInEntra: 'current', deviceClockMs: -TEN_MINUTES },
  },
} as const satisfies Readonly<Record<string, Mishap>>;
