import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNegotiateHeader } from '../../src/kerberos/negotiate-header.ts';
import { Refusal } from '../../src/refusal.ts';
import { refusalOf } from './support.ts';

const text = (header: string): string => Buffer.from(parseNegotiateHeader(header)).toString();

test.each(['Negotiate YWJj', 'negotiate YWJj', 'NEGOTIATE   YWJj', 'Negotiate YWJj '])('%s', (header) => {
  expect(text(header)).toBe('abc');
});

describe('refused', () => {
  test.each([
    ['no header', undefined, 'negotiate-required'],
    ['an empty header', ' ', 'negotiate-required'],
    ['the scheme alone', 'Negotiate', 'negotiate-malformed'],
    ['no token', 'Negotiate ', 'negotiate-malformed'],
    ['base64url', 'Negotiate -_-_', 'negotiate-malformed'],
    ['no padding', 'Negotiate YWI', 'negotiate-malformed'],
    ['bits behind the end', 'Negotiate YWK=', 'negotiate-malformed'],
    ['a space within', 'Negotiate YW Jj', 'negotiate-malformed'],
    ['two tokens', 'Negotiate YWJj, Negotiate YWJj', 'negotiate-malformed'],
    ['Basic', 'Basic dXNlcjpwYXNz', 'negotiate-malformed'],
    ['NTLM as scheme', 'NTLM TlRMTVNTUAAB', 'ntlm-refused'],
    ['NTLM under Negotiate', `Negotiate ${Buffer.from('NTLMSSP\0\u0001').toString('base64')}`, 'ntlm-refused'],
    ['65,537 characters', `Negotiate ${'A'.repeat(65_527)}`, 'negotiate-malformed'],
  ])('%s', (_, header, code) => {
    expect(refusalOf(() => parseNegotiateHeader(header)).code).toBe(code);
  });

  test('what was sent by mistake does not get into the record', () => {
    const { facts } = refusalOf(() => parseNegotiateHeader('hunter2'));
    expect(JSON.stringify(facts)).not.toContain('hunter2');
    expect(JSON.stringify(refusalOf(() => parseNegotiateHeader('Basic dXNlcjpwYXNz')).facts)).not.toContain('dXNl');
  });
});

test('a token of 48,000 octets passes', () => {
  const token = Buffer.alloc(48_000, 0x60);
  expect(parseNegotiateHeader(`Negotiate ${token.toString('base64')}`)).toHaveLength(48_000);
});

test('any text is read or refused, nothing else is thrown', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((value) => `Negotiate ${value}`),
      ),
      (header) => {
        try {
          parseNegotiateHeader(header);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      },
    ),
    { numRuns: 300 },
  );
});
