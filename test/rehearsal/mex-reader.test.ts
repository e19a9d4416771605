/** The device reads our own MEX document, and each defect ends, or is passed over, as in Windows. */
import { describe, expect, test } from 'vitest';
import { applicationUrls } from '../../src/model/urls.ts';
import { JoinFailure } from '../../src/rehearsal/join-codes.ts';
import type { HresultName } from '../../src/rehearsal/join-codes.ts';
import { readMex } from '../../src/rehearsal/mex-reader.ts';
import { writeMetadataExchange } from '../../src/wstrust/metadata-exchange.ts';

const urls = applicationUrls('https://idp.example.test/', '0f7b9d52-6c1e-4d0a-9b56-3f1f1c5a7e21');
const spn = 'HTTP/idp.example.test';
const mex13 = writeMetadataExchange({ which: 'mex13', urls, spn });
const mex2005 = writeMetadataExchange({ which: 'mex', urls, spn });
const A13 = urls.windowsTransport13;
const A2005 = urls.windowsTransport2005;
const WSP = 'http://schemas.xmlsoap.org/ws/2004/09/policy';

const read = (text: string): ReturnType<typeof readMex> => readMex(Buffer.from(text));

function failureOf(text: string): JoinFailure {
  try {
    read(text);
  } catch (failure) {
    if (failure instanceof JoinFailure) return failure;
    throw failure;
  }
  throw new Error('the document was accepted');
}

/** Changes text that must be there, so that a defect cannot vanish unseen. */
function change(text: string, from: string | RegExp, to: string): string {
  const changed = text.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'gs'), to);
  if (changed === text) throw new Error(`${from} is not in the document`);
  return changed;
}

/** Name of our 1.3 binding, and the id of its policy. */
const binding13 = /<wsdl:port name="([^"]*)"(?:(?!<wsdl:port).)*?\/13\/windowstransport/s.exec(mex13)?.[1] ?? '';
const policy13 = new RegExp(`<wsdl:binding name="${binding13}"[^>]*><wsp:PolicyReference URI="#([^"]*)"`).exec(
  mex13,
)?.[1];

test('finds the 1.3 endpoint of our document, with nothing that Windows would pass over', () => {
  const { address, warnings } = read(mex13);
  expect(address).toBe(A13);
  expect(warnings.filter((warning) => !/^DBL-MEX-0[45]/.test(warning))).toEqual([]);
});

describe('refuses', () => {
  const defects: readonly (readonly [string, string, HresultName, RegExp])[] = [
    [
      'a DTD',
      change(mex13, '?>', '?><!DOCTYPE definitions>'),
      'ERROR_ADAL_FAILED_TO_PARSE_XML',
      /^DBL-MEX-02: .*DOCTYPE/,
    ],
    [
      'a SOAP envelope around it',
      `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${mex13.slice(mex13.indexOf('<wsdl'))}</s:Body></s:Envelope>`,
      'ERROR_ADAL_FAILED_TO_PARSE_XML',
      /^DBL-MEX-03: .*Envelope/,
    ],
    [
      'WSDL 2.0',
      change(mex13, 'http://schemas.xmlsoap.org/wsdl/"', 'http://www.w3.org/ns/wsdl"'),
      'ERROR_ADAL_FAILED_TO_PARSE_XML',
      /^DBL-MEX-03/,
    ],
    ['XML that is cut short', mex13.slice(0, -20), 'ERROR_ADAL_FAILED_TO_PARSE_XML', /^DBL-MEX-01/],
    ['text', 'Service unavailable', 'ERROR_ADAL_FAILED_TO_PARSE_XML', /^DBL-MEX-01/],
    ['nothing', '', 'ERROR_ADAL_FAILED_TO_PARSE_XML', /^DBL-MEX-01/],
    [
      'a sign-in page',
      '<html><head><title>Sign in</title></head><body><form action="/"><input name="user"></form></body></html>',
      'ERROR_ADAL_FAILED_TO_PARSE_XML',
      /^DBL-MEX-01/,
    ],
    ['a sign-in page in XHTML', '<html><body/></html>', 'ERROR_ADAL_FAILED_TO_PARSE_XML', /^DBL-MEX-03: .*html/],
    ['WS-Trust 2005 alone', mex2005, 'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT', /^DBL-MEX-06/],
    [
      'no policy for integrated authentication',
      change(mex13, /<http:NegotiateAuthentication[^>]*\/>/, ''),
      'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
      /^DBL-MEX-06/,
    ],
    [
      'a 1.3 address that is not https',
      change(mex13, A13, A13.replace('https:', 'http:')),
      'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
      /DBL-MEX-06: .*DBL-MEX-07: the address http:.* is not https \(0x8aa90025\)/,
    ],
    [
      'a 1.3 address that is no URL',
      change(mex13, `>${A13}<`, '>https://[<'),
      'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
      /DBL-MEX-07: the address https:\/\/\[ /,
    ],
    [
      'a 1.3 port without an address',
      change(mex13, `<wsa10:Address>${A13}</wsa10:Address>`, ''),
      'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
      /DBL-MEX-08: .*no address \(0x8aa90024\)/,
    ],
    [
      'a reference to a policy that is not there',
      change(mex13, `URI="#${policy13}"`, 'URI="#elsewhere"'),
      'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
      /DBL-MEX-08: the binding .* refers to no policy/,
    ],
    [
      'a port whose binding is not there',
      change(mex13, `binding="tns:${binding13}"`, 'binding="tns:elsewhere"'),
      'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
      /DBL-MEX-08: a port names the binding elsewhere, which is not there/,
    ],
    [
      'SOAP 1.1',
      change(mex13, 'http://schemas.xmlsoap.org/wsdl/soap12/', 'http://schemas.xmlsoap.org/wsdl/soap/'),
      'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
      /DBL-MEX-08: .*no SOAP 1\.2 over HTTP \(0x8aa90027\)/,
    ],
    [
      'another action than Issue',
      change(mex13, /RST\/Issue" style/, 'RST/Renew" style'),
      'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
      /DBL-MEX-08: .*no action Issue \(0x8aa90028\)/,
    ],
    [
      'another version of WS-Policy',
      change(mex13, WSP, 'http://www.w3.org/ns/ws-policy'),
      'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
      /^DBL-MEX-06/,
    ],
  ];

  test.each(defects)('%s', (_defect, text, hresult, message) => {
    const failure = failureOf(text);
    expect(failure).toMatchObject({ phase: 'auth', hresult });
    expect(failure.message).toMatch(message);
  });
});

describe('passes over what it does not need, and says so', () => {
  test('a 2005 address that is not https', () => {
    const { address, warnings } = read(change(mex13, A2005, A2005.replace('https:', 'http:')));
    expect(address).toBe(A13);
    expect(warnings.filter((warning) => warning.startsWith('DBL-MEX-07'))).toHaveLength(1);
  });

  test('a second 1.3 endpoint: the first in the document counts', () => {
    const port = new RegExp(`<wsdl:port name="${binding13}".*?</wsdl:port>`, 's').exec(mex13)?.[0] ?? '';
    const other = port.replaceAll(A13, `${A13}/other`);
    expect(read(mex13.replace(port, `${other}${port}`)).address).toBe(`${A13}/other`);
    expect(read(mex13.replace(port, `${port}${other}`)).address).toBe(A13);
  });

  test('<!DOCTYPE in a comment is no DTD', () => {
    expect(read(change(mex13, '?>', '?><!-- <!DOCTYPE html> -->')).address).toBe(A13);
  });
});

describe('people’s sign-ins', () => {
  const SP = 'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy';
  /** Ours takes passwords: here only Kerberos, and the token named. */
  const withToken = (name: string): string =>
    mex13
      .replaceAll('UsernameToken', 'KerberosToken')
      .replace(
        '<wsp:Policy ',
        `<wsp:Policy wsu:Id="${name}" xmlns:wsp="${WSP}"><wsp:ExactlyOne><wsp:All><sp:${name} xmlns:sp="${SP}"/></wsp:All></wsp:ExactlyOne></wsp:Policy><wsp:Policy `,
      );
  const about = (id: string, text: string): number =>
    read(text).warnings.filter((warning) => warning.startsWith(id)).length;

  test('DBL-MEX-04 warns where nothing takes a password, and only there', () => {
    expect(about('DBL-MEX-04', withToken('X509Token'))).toBe(1);
    expect(about('DBL-MEX-04', withToken('UsernameToken'))).toBe(0);
  });

  test('DBL-MEX-05 warns where nothing takes a certificate, and only there', () => {
    expect(about('DBL-MEX-05', withToken('UsernameToken'))).toBe(1);
    expect(about('DBL-MEX-05', withToken('X509Token'))).toBe(0);
  });
});
