/** Mishaps by gateways and proxies that understand, or believe to, what they pass on between the device, Mortise and Entra. */
import type { Mishap } from './mishaps.ts';
import { rewritingAt, rewritingRequestsAt } from './on-the-way.ts';

const WINDOWS_TRANSPORT = /\/windowstransport$/;
const TOKEN = /\/oauth2\/token$/;
const BYTE_BY_BYTE = 'Let the gateway pass answers of `/wsf/` byte by byte.';
const NO_INSPECTION = 'Let the proxy pass Entra’s addresses through without TLS inspection.';
const NOT_ANEW = 'Let devices reach Mortise without the gateway: what Entra is to trust is signed by Mortise alone.';

export const GATEWAY_MISHAPS = {
  'form-escaped-twice': {
    wrong:
      'A proxy with TLS inspection escapes the token request a second time, so Entra knows no such kind of request.',
    cure: NO_INSPECTION,
    shows: 'ERROR_ADAL_SERVER_ERROR_UNSUPPORTED_GRANT_TYPE',
    aadsts: 70003,
    change: { onTheWay: rewritingRequestsAt(TOKEN, (body) => body.replaceAll('%', '%25')) },
  },
  'form-plus-as-space': {
    wrong: 'A proxy with TLS inspection writes + for %2B in the token request, and Entra reads a space there.',
    cure: NO_INSPECTION,
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_REQUEST',
    aadsts: 700002,
    change: { onTheWay: rewritingRequestsAt(TOKEN, (body) => body.replaceAll('%2B', '+')) },
  },
  'other-saml-version': {
    wrong: 'An XML gateway translates assertions to SAML 1.0, for other receivers.',
    cure: BYTE_BY_BYTE,
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 500085,
    change: {
      onTheWay: rewritingAt(WINDOWS_TRANSPORT, (body) => body.replace('MinorVersion="1"', 'MinorVersion="0"')),
    },
  },
  'other-assertion-id': {
    wrong: 'An XML gateway gives assertions identifiers of its own, and they begin with a digit.',
    cure: BYTE_BY_BYTE,
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 500086,
    change: {
      onTheWay: rewritingAt(WINDOWS_TRANSPORT, (body) => body.replace(/(AssertionID=")[^"]+/, '$12026-000017')),
    },
  },
  'signature-removed': {
    wrong: 'An XML gateway verifies the signature, and passes the assertion on without it.',
    cure: BYTE_BY_BYTE,
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 500081,
    change: {
      onTheWay: rewritingAt(WINDOWS_TRANSPORT, (body) => body.replace(/<((?:\w+:)?Signature)\b.*<\/\1>/s, '')),
    },
  },
  'gateway-weak-key': {
    wrong: 'A token gateway signs assertions anew with a key of 1,024 bits. Entra has its certificate.',
    cure: NOT_ANEW,
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 50032,
    change: { signingGateway: { modulusBits: 1024, change: (assertion) => assertion } },
  },
  'gateway-other-audience': {
    wrong: 'A token gateway signs assertions anew, for an audience of its own. Entra has its certificate.',
    cure: NOT_ANEW,
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 500131,
    change: {
      signingGateway: {
        modulusBits: 2048,
        change: (assertion) => assertion.replace(/(<(?:\w+:)?Audience>)[^<]+/, '$1urn:example:gateway'),
      },
    },
  },
  'gateway-holder-of-key': {
    wrong: 'A token gateway signs assertions anew, for clients that prove a key. Entra has its certificate.',
    cure: NOT_ANEW,
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 50008,
    change: {
      signingGateway: {
        modulusBits: 2048,
        change: (assertion) => assertion.replaceAll(':SAML:1.0:cm:bearer', ':SAML:1.0:cm:holder-of-key'),
      },
    },
  },
} as const satisfies Readonly<Record<string, Mishap>>;
