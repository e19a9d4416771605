/** One document with four ports: every client finds the password endpoint it can use, and still windowstransport beside it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applicationUrls } from '../../src/model/urls.ts';
import { writeMetadataExchange } from '../../src/wstrust/metadata-exchange.ts';
import { NAMESPACES } from './clients/document.ts';
import { MEX_READERS } from './clients/mex-readers.ts';
import { PASSWORD_PICKS } from './clients/password-mex-readers.ts';

const urls = applicationUrls('https://idp.example.test', '0f7b9d52-6c1e-4d0a-9b56-3f1f1c5a7e21');
const spn = 'HTTP/idp.example.test';
const four = writeMetadataExchange({ which: 'mex13', urls, spn });
const of2005 = writeMetadataExchange({ which: 'mex', urls, spn });

const AT_2005 = { version: '2005', address: urls.usernameMixed2005 };
const AT_13 = { version: '1.3', address: urls.usernameMixed13 };
const ONLY_2005 = ['MSAL4J, later', 'MSAL.NET'];

describe.each(Object.entries(PASSWORD_PICKS))('%s', (client, pick) => {
  const expected = ONLY_2005.includes(client) ? AT_2005 : AT_13;

  test('takes the endpoint for passwords that it can use', () => {
    expect(pick(four)).toEqual(expected);
  });

  test('takes 2005 from the document of 2005, if it can ask in it', () => {
    expect(pick(of2005)).toEqual(client === 'MSAL Go' ? undefined : AT_2005);
  });

  test('finds none when the policy says nothing of a UsernameToken', () => {
    expect(pick(four.replaceAll('UsernameToken', 'IssuedToken'))).toBeUndefined();
  });
});

test('each namespace has the clients that need it', () => {
  const without = (namespace: string): string => four.replaceAll(namespace, 'urn:x');
  const missing = (text: string): readonly string[] =>
    Object.entries(PASSWORD_PICKS).flatMap(([client, pick]) => (pick(text) === undefined ? [client] : []));
  expect(missing(without(NAMESPACES.sp2005))).toEqual(ONLY_2005);
  expect(missing(without(NAMESPACES.sp))).toEqual(['MSAL Go']);
});

test.each(Object.entries(MEX_READERS))(
  '%s still finds windowstransport, and takes no password port for it',
  (_client, read) => {
    const found = read(four).map(({ address }) => address);
    expect([...found].sort()).toEqual([urls.windowsTransport13, urls.windowsTransport2005].sort());
  },
);

const samples = join(import.meta.dirname, '../../../shared/samples');

describe.skipIf(!existsSync(samples))('in documents of real AD FS servers', () => {
  test.each(Object.entries(PASSWORD_PICKS))('%s finds its endpoint', (client, pick) => {
    const text = readFileSync(join(samples, 'msal-dotnet/TestMex.xml'), 'utf8').replace(/^\uFEFF/, '');
    expect(pick(text)?.version).toBe(ONLY_2005.includes(client) ? '2005' : '1.3');
  });
});
