/**
 * The two versions of WS-Trust that clients speak, as one table: WS-Trust February 2005 and WS-Trust 1.3.
 * Reader, writer, faults and the MEX document take their URIs from here. Owns no behaviour.
 */

export type TrustVersion = '2005' | '1.3';

export interface TrustProtocol {
  readonly namespace: string;
  /** The prefix by which AD FS writes it. */
  readonly prefix: string;
  readonly requestAction: string;
  readonly responseAction: string;
  readonly issueRequestType: string;
  readonly bearerKeyType: string;
  /** WS-Trust 1.3 §3.2 wraps the final response in a collection; 2005 §5.1 does not. */
  readonly collection: boolean;
}

const WST2005 = 'http://schemas.xmlsoap.org/ws/2005/02/trust';
const WST13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';

export const TRUST_PROTOCOLS: Readonly<Record<TrustVersion, TrustProtocol>> = {
  '2005': {
    namespace: WST2005,
    prefix: 't',
    requestAction: `${WST2005}/RST/Issue`,
    responseAction: `${WST2005}/RSTR/Issue`,
    issueRequestType: `${WST2005}/Issue`,
    // 2005 has no key type for "none"; the Identity Selector profile gave it one.
    bearerKeyType: 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
    collection: false,
  },
  '1.3': {
    namespace: WST13,
    prefix: 'trust',
    requestAction: `${WST13}/RST/Issue`,
    responseAction: `${WST13}/RSTRC/IssueFinal`,
    issueRequestType: `${WST13}/Issue`,
    bearerKeyType: `${WST13}/Bearer`,
    collection: true,
  },
};

export const TRUST_VERSIONS: readonly TrustVersion[] = ['2005', '1.3'];

/** The version whose `field` has this value. */
export function trustVersionBy(field: 'namespace' | 'requestAction', value: string): TrustVersion | undefined {
  return TRUST_VERSIONS.find((version) => TRUST_PROTOCOLS[version][field] === value);
}

/** What Entra, MSAL.NET and MSAL4J call a SAML 1.1 assertion, to the letter. */
export const SAML11_TOKEN_TYPE = 'urn:oasis:names:tc:SAML:1.0:assertion';
/** [WSS SAML Token Profile 1.1] §3.3: the same token by its other name. */
export const SAML11_WSS_TOKEN_TYPE = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1';
