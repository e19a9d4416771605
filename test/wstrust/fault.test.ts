/** Every client reads code and reason out of our faults; every refusal has one. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal, refusals } from '../../src/refusal.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import { faultOfRefusal, writeFault } from '../../src/wstrust/fault.ts';
import { xmlText } from '../saml/arbitrary-assertion.ts';
import { NAMESPACES, element, elements, withDocument } from './clients/document.ts';
import { FAULT_READERS } from './clients/rstr-readers.ts';

const codes = Object.keys(refusals) as RefusalCode[];
const VALUES = { expected: 'SECRET-e', actual: 'SECRET-a', attribute: 'SECRET-t', detail: 'SECRET-d' };

describe('the fault of a refusal', () => {
  test.each(Object.entries(FAULT_READERS))('%s reads it', (client, read) => {
    const found = read(faultOfRefusal(new Refusal('kerberos-wrong-spn')));
    if (client !== 'MSAL.NET') expect(found.code.replace(/^a:/, '')).toBe('FailedAuthentication');
    if (client !== 'DSRegTool')
      expect(found.reason).toBe('The security token could not be authenticated or authorized. (kerberos-wrong-spn)');
  });

  test.each(codes)('%s: its own code in the text, its subcode, and none of its facts', (code) => {
    const text = faultOfRefusal(new Refusal(code, VALUES), 'urn:uuid:1', '2005');
    expect(text).not.toContain('SECRET');
    withDocument(text, ({ root }) => {
      const subcode = elements(root, 's:Body/s:Fault/s:Code/s:Subcode/s:Value');
      expect(subcode).toHaveLength(1);
      expect(subcode[0]?.content).toBe(`a:${refusals[code].subcode}`);
      expect(subcode[0]?.namespaceForPrefix('a')).toBe(NAMESPACES.t);
      const reason = element(root, 's:Body/s:Fault/s:Reason/s:Text');
      expect(reason?.content).toBe(`${refusals[code].caller} (${code})`);
      expect(reason?.attr('lang', 'xml')?.value).toBe('en-US');
    });
  });

  test('DSRegTool takes any FailedAuthentication for a refused credential: nothing else may hold the word', () => {
    const wrong = codes.filter(
      (code) =>
        (refusals[code].subcode === 'FailedAuthentication') !==
        faultOfRefusal(new Refusal(code)).includes('FailedAuthentication'),
    );
    expect(wrong).toEqual([]);
  });

  test('is the sender’s, as with AD FS, except for a header that must be understood (SOAP 1.2 §5.4.6)', () => {
    const value = (code: RefusalCode): string | undefined =>
      withDocument(
        faultOfRefusal(new Refusal(code)),
        ({ root }) => element(root, 's:Body/s:Fault/s:Code/s:Value')?.content,
      );
    expect(codes.filter((code) => value(code) !== 's:Sender')).toEqual(['soap-header-not-understood']);
    expect(value('soap-header-not-understood')).toBe('s:MustUnderstand');
  });

  test.each(Object.entries(FAULT_READERS))('%s cannot tell a locked account from a wrong password', (_client, read) => {
    const wrong = faultOfRefusal(new Refusal('password-wrong'), 'urn:uuid:1', '2005');
    const masked = faultOfRefusal(new Refusal('account-locked-out', VALUES), 'urn:uuid:1', '2005', 'password-wrong');
    expect(masked).toBe(wrong);
    expect(read(masked)).toEqual(read(wrong));
  });

  test('stands in the namespace of 1.3 when the request did not say', () => {
    expect(faultOfRefusal(new Refusal('request-not-xml'))).toContain(
      `<s:Value xmlns:a="${NAMESPACES.wst}">a:InvalidRequest</s:Value>`,
    );
  });
});

/** `[what is wrong, how it is made, who fails]`; the others find less, but do not fail. */
const LEXICAL: readonly (readonly [string, (text: string) => string, readonly string[]])[] = [
  [
    'no Subcode',
    (text) => text.replace(/<s:Subcode>.*<\/s:Subcode>/, ''),
    ['MSAL Python', 'ADAL Python', 'MSAL4J', 'DSRegTool'],
  ],
  ['a Subcode without a prefix', (text) => text.replace('>a:Failed', '>Failed'), ['ADAL Python', 'MSAL4J']],
  ['two Subcodes', (text) => text.replace(/(<s:Subcode>.*<\/s:Subcode>)/, '$1$1'), ['ADAL Python', 'MSAL4J']],
  [
    'no Reason',
    (text) => text.replace(/<s:Reason>.*<\/s:Reason>/, ''),
    ['MSAL Python', 'ADAL Python', 'MSAL4J', 'MSAL.NET'],
  ],
];

describe('the readers are as picky as the clients', () => {
  test.each(LEXICAL)('%s', (_what, spoil, whoFails) => {
    const good = faultOfRefusal(new Refusal('ntlm-refused'));
    const spoilt = spoil(good);
    expect(spoilt, 'the fault was spoilt').not.toBe(good);
    const failing = Object.entries(FAULT_READERS).filter(([, read]) => {
      try {
        read(spoilt);
        return false;
      } catch {
        return true;
      }
    });
    expect(failing.map(([client]) => client).sort()).toEqual([...whoFails].sort());
  });
});

/** libxml2-wasm takes U+FEFF at the beginning of some strings for a byte order mark. */
const asRead = (text: string): string => text.replace(/^\uFEFF/, '');

describe('a fault', () => {
  test('says by its action that it is one, and to which request it belongs', () => {
    withDocument(writeFault({ subcode: 'RequestFailed', reason: 'No.', relatesTo: 'urn:uuid:7' }), ({ root }) => {
      expect(element(root, 's:Header/wsa10:Action')?.content).toBe('http://www.w3.org/2005/08/addressing/soap/fault');
      expect(element(root, 's:Header/wsa10:RelatesTo')?.content).toBe('urn:uuid:7');
    });
    expect(writeFault({ subcode: 'RequestFailed', reason: 'No.' })).not.toContain('RelatesTo');
  });

  test('stands in one line, whatever the request’s id holds', () => {
    fc.assert(
      fc.property(xmlText, (relatesTo) => {
        const text = writeFault({ code: 'Receiver', subcode: 'RequestFailed', reason: 'No.', relatesTo });
        withDocument(text, ({ root }) =>
          expect(asRead(element(root, 's:Header/wsa10:RelatesTo')?.content ?? 'absent')).toBe(asRead(relatesTo)),
        );
        expect(text.replace(/<a:RelatesTo>[^]*<\/a:RelatesTo>/, '')).not.toMatch(/<!|<\?|>\s+<|\s<\//);
      }),
      { numRuns: 100 },
    );
  });
});
