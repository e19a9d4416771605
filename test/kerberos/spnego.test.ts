import { describe, expect, test } from 'vitest';
import * as der from '../../src/kerberos/der.ts';
import { parseNegotiateHeader } from '../../src/kerberos/negotiate-header.ts';
import { readFramedToken } from '../../src/kerberos/rfc4121.ts';
import {
  isKerberos,
  isNtlm,
  mechanisms,
  negState,
  readNegTokenInit,
  readNegTokenResp,
  writeNegTokenResp,
} from '../../src/kerberos/spnego.ts';
import { writeNegTokenInit } from '../../src/rehearsal/kdc-messages.ts';
import { samba, toHex } from './support.ts';

test('the token of a real client', () => {
  const [sample] = samba.tokens;
  const { mechanism, inner } = readFramedToken(parseNegotiateHeader(sample?.authorization));
  expect(mechanism).toBe(mechanisms.spnego);
  const init = readNegTokenInit(inner);
  expect(init.mechTypes).toEqual([mechanisms.krb5]);
  expect(init.mechListMic).toBeUndefined();
  expect(readFramedToken(init.mechToken ?? Buffer.alloc(0)).mechanism).toBe(mechanisms.krb5);
});

describe('NegTokenInit', () => {
  test("Windows' list survives, and the list's own octets are kept for its MIC", () => {
    const list = [mechanisms.msKrb5, mechanisms.krb5, mechanisms.negoex, mechanisms.ntlm];
    const init = readNegTokenInit(writeNegTokenInit(list, Buffer.from('token'), Buffer.from('mic')));
    expect(init.mechTypes).toEqual(list);
    expect(toHex(init.mechTypeList)).toBe(
      '302e06092a864882f71201020206092a864886f712010202060a2b06010401823702021e060a2b06010401823702020a',
    );
    expect(Buffer.from(init.mechToken ?? []).toString()).toBe('token');
    expect(Buffer.from(init.mechListMic ?? []).toString()).toBe('mic');
  });

  test('an empty list and one without end are refused', () => {
    expect(() => readNegTokenInit(writeNegTokenInit([], undefined))).toThrow('mechTypes is empty');
    const many = Array.from({ length: 33 }, () => mechanisms.krb5);
    expect(() => readNegTokenInit(writeNegTokenInit(many, undefined))).toThrow('more than 32');
  });

  test('a member of a later version is passed over (the type is extensible)', () => {
    const list = der.explicit(0, der.sequence(der.objectIdentifier(mechanisms.krb5)));
    const later = der.element(der.context(0), der.sequence(list, der.explicit(4, der.octetString(Buffer.from('x')))));
    expect(readNegTokenInit(later).mechTypes).toEqual([mechanisms.krb5]);
  });
});

describe('NegTokenResp', () => {
  test('all members survive', () => {
    const response = {
      negState: negState.requestMic,
      supportedMech: mechanisms.msKrb5,
      responseToken: Buffer.from('token'),
      mechListMic: Buffer.from('mic'),
    };
    expect(readNegTokenResp(writeNegTokenResp(response))).toEqual(response);
  });

  test('accept-completed is written as the clients expect it', () => {
    expect(toHex(writeNegTokenResp({ negState: negState.acceptCompleted }))).toBe('a1073005a0030a0100');
  });

  test('a state that does not exist is refused', () => {
    const state = der.explicit(0, der.integer(4, der.tags.enumerated));
    expect(() => readNegTokenResp(der.element(der.context(1), der.sequence(state)))).toThrow(der.DerError);
  });
});

test('mechanisms by name', () => {
  expect([mechanisms.krb5, mechanisms.msKrb5].every(isKerberos)).toBe(true);
  expect([mechanisms.negoex, mechanisms.ntlm, mechanisms.spnego, '1.2.840.113554.1.2.2.3'].some(isKerberos)).toBe(
    false,
  );
  expect(isNtlm(Buffer.from('NTLMSSP\0rest'))).toBe(true);
  expect(isNtlm(Buffer.from('NTLMSSP'))).toBe(false);
});
