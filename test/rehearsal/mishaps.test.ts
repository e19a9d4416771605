/** Every mishap: it ends as Windows would end it, its cause is named, and Mortise's record holds its refusal and no secret. */
import { beforeAll, describe, expect, test } from 'vitest';
import { exitStatus } from '../../src/commands/rehearse.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import { HRESULTS } from '../../src/rehearsal/join-codes.ts';
import { MISHAPS, mishapNames } from '../../src/rehearsal/mishaps.ts';
import type { Mishap, MishapName } from '../../src/rehearsal/mishaps.ts';
import { checksOf } from './provoked.ts';
import { ELSE_WELL, everythingSaid, rehearsed, statusOf } from './rehearsed.ts';
import type { Rehearsed } from './rehearsed.ts';

/** Who refuses, and what the words under the transcript must name. */
interface Expected {
  /** Of Mortise; absent: it issued, or was never asked. */
  readonly refusal?: RefusalCode;
  /** Of the local Entra. */
  readonly check?: string;
  readonly issued?: true;
  /** Entra took the assertion; what it refused came after. */
  readonly accepted?: true;
  /** What Mortise issued did not get as far as Entra. */
  readonly unseen?: true;
  readonly names: readonly (string | RegExp)[];
}

const EXPECTED: Readonly<Record<MishapName, Expected>> = {
  'wrong-name-format': {
    check: 'DBL-TOK-16',
    issued: true,
    names: ['accounttype', 'http://schemas.xmlsoap.org/claims'],
  },
  'missing-attribute': { check: 'DBL-TOK-16', issued: true, names: ['primarysid'] },
  'missing-anchor': {
    refusal: 'anchor-missing',
    names: ['mS-DS-ConsistencyGuid', 'anchor: objectGUID', 'attribute: mS-DS-ConsistencyGuid'],
  },
  'wrong-anchor': {
    check: 'DBL-TOK-18',
    issued: true,
    names: ['mS-DS-ConsistencyGuid', 'objectGUID of no computer', 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a102'],
  },
  'wrong-issuer': { check: 'DBL-TOK-06', issued: true, names: ['IssuerUri', /issuer https:\/\/sso\.localhost:\d+\//] },
  'wrong-signing-certificate': { check: 'DBL-TOK-08', issued: true, names: ['another signing certificate'] },
  'rc4-ticket': {
    refusal: 'kerberos-encryption-type-refused',
    names: ['rc4-hmac (23)', 'svc-mortise@corp.example.test', 'AES 256'],
  },
  'wrong-spn': { refusal: 'kerberos-wrong-spn', names: ['HTTP/fs.corp.example.test', 'setspn -S'] },
  'clock-skew-at-idp': {
    refusal: 'kerberos-clock-skew',
    names: ['ten minutes', 'timedatectl'],
  },
  'clock-skew-at-entra': { check: 'DBL-TOK-11', issued: true, names: ['NotBefore', 'notBeforeSkewSeconds'] },
  'mex-unreachable': { names: ['DBL-MEX-01', 'MetadataExchangeUri', /https:\/\/sso\.localhost:1\/wsf\/mex13\//] },
  'mex-without-13': { names: ['DBL-MEX-06', 'useMex13: true', '/wsf/mex13/'] },
  'directory-down': { refusal: 'directory-down', names: ['dc1.corp.example.test:636', 'serversHostAndPort'] },
  'disabled-computer': { refusal: 'account-disabled', names: ['disabled in AD'] },
  'domain-still-managed': { names: ['the domain is managed in Entra', 'mortise entra cmdlets'] },
  'registration-blocked': { check: 'DBL-TOK-21', issued: true, names: ['Conditional Access'] },
  'scp-missing': { names: ['the service connection point does not exist'] },
  'scp-other-domain': { check: 'DBL-DRS-01', names: ['crop.example.test', 'AADSTS90002'] },
  'scp-tenant-id': { names: ['DBL-RLM-01', 'is Unknown'] },
  'scp-initial-domain': { check: 'DBL-DRS-07', names: ['the domain is managed in Entra', 'onmicrosoft.com'] },
  'proxy-sign-in-page': { names: ['the answer is not JSON', 'netsh winhttp'] },
  'realm-unreachable': { names: ['/common/UserRealm/', 'ETIMEDOUT'] },
  'saml-protocol': { names: ['DBL-RLM-03', 'SAML20'] },
  'mex-not-set': { names: ['DBL-RLM-04', 'MetadataExchangeUri is not set'] },
  'mex-http': { names: ['DBL-RLM-04', /http:\/\/sso\.localhost:\d+\/wsf\/mex13\/.* is not https/] },
  'mex-other-application': { names: ['DBL-MEX-01', /1a6d396f0000 answered 404/] },
  'mex-sign-in-page': { names: ['DBL-MEX-02', 'DOCTYPE'] },
  'mex-is-federation-metadata': { names: ['DBL-MEX-03', 'EntityDescriptor'] },
  'mex-copy-without-policies': { names: ['DBL-MEX-06', 'DBL-MEX-08', '0x8aa9002a'] },
  'mex-http-addresses': { names: ['DBL-MEX-06', 'DBL-MEX-07', '0x8aa90025'] },
  'negotiate-dropped': { names: ['DBL-WST-01', 'without WWW-Authenticate: Negotiate'] },
  'firewall-refuses': { names: ['the federation service answered 403'] },
  'load-balancer-empty': { names: ['the federation service answered 503'] },
  'other-network': { refusal: 'network-not-allowed', names: ['DBL-WST-05', 'windowsTransportNetworks'] },
  'old-service-password': { refusal: 'kerberos-key-mismatch', names: ['DBL-WST-02', 'svc-mortise@corp.example.test'] },
  'wrong-audience': { refusal: 'applies-to-unknown', names: ['DBL-WST-03', 'urn:federation:microsoftonline'] },
  'other-search-base': { refusal: 'directory-entry-missing', names: ['DBL-WST-05', 'OU=Staff'] },
  'other-token-type': { unseen: true, names: ['DBL-WST-04', 'saml-token-profile-1.1'] },
  'answer-reformatted': { check: 'DBL-TOK-09', issued: true, names: ['changed after signing'] },
  'guid-as-text': { check: 'DBL-TOK-17', issued: true, names: ['onpremobjectguid b3c1f0aa-', 'uuidAsBase64Guid'] },
  'registration-disabled': { check: 'DBL-TOK-20', issued: true, names: ['urn:ms-drs:'] },
  'authorization-dropped': { check: 'DBL-DRS-02', accepted: true, names: ['no bearer token'] },
  'too-many-attempts': { check: 'DBL-DRS-06', accepted: true, names: ['300 seconds'] },
  'earlier-user-certificate': { check: 'DBL-DRS-07', names: ['AuthenticationError', 'userCertificate'] },
  'form-escaped-twice': {
    check: 'DBL-TOK-02',
    issued: true,
    names: ['grant_type urn%3Aietf%3Aparams', 'TLS inspection'],
  },
  'form-plus-as-space': { check: 'DBL-TOK-03', issued: true, names: ['was a + sent as %2B', 'TLS inspection'] },
  'other-saml-version': { check: 'DBL-TOK-04', issued: true, names: ['SAML 1.0', /1[.,/ ].*0/] },
  'other-assertion-id': { check: 'DBL-TOK-05', issued: true, names: ['12026-000017'.slice(1)] },
  'signature-removed': { check: 'DBL-TOK-07', issued: true, names: ['the assertion has no signature'] },
  'gateway-weak-key': { check: 'DBL-TOK-10', issued: true, names: ['an RSA key of 1024 bits'] },
  'gateway-other-audience': { check: 'DBL-TOK-12', issued: true, names: ['urn:example:gateway'] },
  'gateway-holder-of-key': { check: 'DBL-TOK-13', issued: true, names: ['holder-of-key'] },
  'device-clock': { check: 'DBL-DRS-08', names: ['is not current'] },
};

/** Where Windows gives a code of its own for what Entra’s discovery says. */
const ALSO_SAID: Partial<Record<MishapName, number>> = { 'scp-other-domain': 90002 };

const REQUIRED = [
  'wrong-name-format',
  'missing-attribute',
  'wrong-issuer',
  'wrong-signing-certificate',
  'rc4-ticket',
  'clock-skew-at-idp',
  'clock-skew-at-entra',
  'mex-unreachable',
  'mex-without-13',
  'directory-down',
  'wrong-anchor',
] as const satisfies readonly MishapName[];

describe('the list', () => {
  test('has every mishap that the rehearsal promises', () => {
    expect(mishapNames()).toEqual(expect.arrayContaining([...REQUIRED]));
  });

  test.each(mishapNames())('%s is lower-case words joined by hyphens', (name) => {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });
});

describe.each(mishapNames())('%s', (name) => {
  const mishap: Mishap = MISHAPS[name];
  const expected = EXPECTED[name];
  let run: Rehearsed;
  beforeAll(async () => {
    run = await rehearsed({ mishap: name });
  });

  test('the device is not joined: status 1', () => {
    expect(run.result.joinedBy).toBeUndefined();
    expect(exitStatus({ join: run.result, ...ELSE_WELL })).toBe(1);
    expect(statusOf(run, 'AzureAdJoined')).toBe('NO');
    expect(run.registeredDevices).toEqual([]);
  });

  test(`the transcript ends with ${mishap.shows} ${HRESULTS[mishap.shows]}`, () => {
    const code = HRESULTS[mishap.shows];
    expect(statusOf(run, 'Client ErrorCode')).toBe(code);
    const failed = run.transcript.filter((line) => line.includes('GetComputerTokenForADRS failed with error'));
    const phase = statusOf(run, 'Error Phase');
    if (phase === 'auth') {
      expect(failed).toEqual([
        `AutoEnrollAsComputer: Unable to retrieve access token. GetComputerTokenForADRS failed with error ${code}.`,
      ]);
      expect(run.transcript).toContain('DsrCmdJoinHelper::Join: Federated ADRS join failed with error 0xcaa1000e.');
    } else {
      expect(failed).toEqual([]);
      expect(run.transcript).toContain(
        phase === 'discover'
          ? `DsrCmdJoinHelper::Join: TenantInfo::Discover failed with error ${code}.`
          : `DsrDeviceAutoJoin failed ${code}.`,
      );
    }
  });

  test('the log of a failed acquisition stands there once more, backwards', () => {
    const turn = run.transcript.lastIndexOf('GetStatus returned failure');
    if (statusOf(run, 'Error Phase') !== 'auth') return expect(turn).toBe(-1);
    const forward = run.transcript
      .slice(0, run.transcript.indexOf('GetStatus returned failure'))
      .filter((line) => line.startsWith('AdalLog:'));
    expect(forward.length).toBeGreaterThan(8);
    expect(run.transcript.slice(turn + 1, turn + 1 + forward.length)).toEqual(forward.toReversed());
  });

  test(`Entra says ${mishap.aadsts === undefined ? 'no AADSTS code' : `AADSTS${mishap.aadsts}`}`, () => {
    const codes = new Set(run.transcript.join('\n').match(/AADSTS\d+/g) ?? []);
    const aadsts = mishap.aadsts ?? ALSO_SAID[name];
    expect([...codes]).toEqual(aadsts === undefined ? [] : [`AADSTS${aadsts}`]);
    expect(statusOf(run, 'Server Message') ?? '').toMatch(
      aadsts === undefined ? /^(?!AADSTS)/ : new RegExp(`^AADSTS${aadsts}: `),
    );
  });

  test('Mortise’s record holds what Mortise did', () => {
    const outcomes = run.activities.map(({ outcome, refusal, requestId }) => ({
      outcome,
      code: refusal?.code,
      requestId,
    }));
    const { requestId } = run.result;
    const wanted =
      expected.refusal !== undefined
        ? [{ outcome: 'refused', code: expected.refusal, requestId }]
        : expected.issued || expected.accepted || expected.unseen
          ? [{ outcome: 'issued', code: undefined, requestId }]
          : [];
    expect(outcomes).toEqual(wanted);
  });

  test('the explanation names the cause, who refused, and the cure', () => {
    const text = run.outcome.join('\n');
    expect(text).toContain(`${HRESULTS[mishap.shows]} ${mishap.shows}`);
    expect(text).toContain(`Mishap       ${name}: ${mishap.wrong}`);
    expect(text).toContain(`Cure         ${mishap.cure}`);
    if (expected.refusal !== undefined) expect(text).toContain(`Mortise      ${expected.refusal}: `);
    if (expected.check !== undefined) expect(text).toContain(`Local Entra  ${expected.check}: `);
    if (expected.unseen) expect(text).toContain('Claims that Mortise issued, and Entra never saw:');
    if (expected.accepted) expect(text).toContain('Claims that Entra read:');
    if (expected.issued) expect(text).toContain('Claims that Mortise issued, and Entra refused:');
    expect(text).toMatch(/^Events {7}User Device Registration \d{3}/m);
    for (const check of checksOf(name).filter((id) => id !== 'DBL-RLM-02')) expect(text).toContain(check);
    for (const word of expected.names)
      if (typeof word === 'string') expect(text).toContain(word);
      else expect(text).toMatch(word);
  });

  test('no secret stands in transcript, outcome, record or log', () => {
    for (const secret of run.secrets) expect(everythingSaid(run)).not.toContain(secret);
  });
});
