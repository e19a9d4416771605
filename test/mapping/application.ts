/** A Microsoft 365 application as the tests of the mapping need it: the rows of the reference table, and only them. */
import type { Application, ApplicationAttribute } from '../../src/model/application.ts';

export const SOURCE_ANCHOR = '#string.uuidAsBase64Guid(user.externalId,null)';

type Row = Omit<ApplicationAttribute, 'required' | 'issuedTo'> & Partial<ApplicationAttribute>;

export const row = (given: Row): ApplicationAttribute => ({ required: true, issuedTo: 'everyone', ...given });

export const ROWS: readonly ApplicationAttribute[] = [
  row({ name: 'Subject', value: SOURCE_ANCHOR }),
  row({ name: 'ImmutableID', value: SOURCE_ANCHOR }),
  row({ name: 'UPN', value: '${user.ms-upn}', issuedTo: 'person' }),
  row({ name: 'accounttype', value: '"DJ"', issuedTo: 'device' }),
  row({ name: 'onpremobjectguid', value: SOURCE_ANCHOR, issuedTo: 'device' }),
  row({ name: 'primarysid', value: '${user.sid}', issuedTo: 'device' }),
];

export function applicationWith(attributes: readonly ApplicationAttribute[] = ROWS): Application {
  return {
    id: '4afaa6b9-1497-44b6-b1ce-1a6d396f7f7e',
    name: 'Microsoft 365',
    enabled: true,
    type: 'WEB_APP',
    protocol: 'WS_FED',
    domainName: 'corp.example.test',
    audienceRestriction: 'urn:federation:MicrosoftOnline',
    replyUrl: 'https://login.microsoftonline.com/login.srf',
    hostNames: [],
    assertionDuration: 300,
    wsTrustVersion: '1.2',
    secondFactor: { policy: 'whenAsked' },
    subjectNameIdentifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    stsTokenType: 'urn:oasis:names:tc:SAML:1.0:assertion',
    hybridJoinDeviceAttribute: 'hybridJoinedDevice',
    useMex13: true,
    kerberos: { gateways: [] },
    idpSigning: { algorithm: 'SHA256withRSA', key: { id: '0b6f3c0e-6f0a-4f0e-8c39-1f6c7a3a0d11' } },
    notBeforeSkewSeconds: 300,
    soapFaultStatus: 500,
    attributes: [...attributes],
  };
}
