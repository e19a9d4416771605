/** A person's sign-in after the join: the primary refresh token, `dsregcmd /status`, and each mishap with who names it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitStatus } from '../../src/commands/rehearse.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import type { HttpClient } from '../../src/rehearsal/http-client.ts';
import { HRESULTS } from '../../src/rehearsal/join-codes.ts';
import type { HresultName } from '../../src/rehearsal/join-codes.ts';
import type { Mishap } from '../../src/rehearsal/mishaps.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { rehearseSignIn } from '../../src/rehearsal/rehearse-sign-in.ts';
import { rehearseJoin } from '../../src/rehearsal/rehearse.ts';
import { signIn } from '../../src/rehearsal/sign-in.ts';
import { SIGN_IN_MISHAPS } from '../../src/rehearsal/sign-in-mishaps.ts';
import type { SignInMishapName } from '../../src/rehearsal/sign-in-mishaps.ts';
import { openWorld } from '../../src/rehearsal/world.ts';
import { checksOf } from './provoked.ts';

async function signedIn(name?: SignInMishapName) {
  const row: Mishap | undefined = name === undefined ? undefined : SIGN_IN_MISHAPS[name];
  const world = await openWorld({ ...SOUND_PLAN, ...row?.change }, { fallback: 'disabled', port: 0 });
  try {
    const joining = await rehearseJoin(world, () => undefined);
    if (joining.joined === undefined) throw new Error('the device did not join');
    const lines: string[] = [];
    const mishap = name === undefined || row === undefined ? undefined : { name, row };
    const result = await rehearseSignIn(world, joining.joined, mishap, (line) => lines.push(line));
    const [activity] = await world.store.activities.list({ limit: 1 });
    return { join: joining, result, lines, activity, typed: world.person.typedPassword };
  } finally {
    await world.close();
  }
}

const fieldOf = (lines: readonly string[], name: string): string | undefined =>
  lines.map((line) => /^ *(.+?) :(?: (.*))?$/.exec(line)).find((match) => match?.[1] === name)?.[2];

const SECTIONS = [
  'Device State',
  'Device Details',
  'Tenant Details',
  'User State',
  'SSO State',
  'Diagnostic Data',
  'IE Proxy Config for Current User',
  'WinHttp Default Proxy Config',
  'Ngc Prerequisite Check',
];

describe('a sign-in without mishap', () => {
  test('ends with a primary refresh token, and a status in Windows’ form', async () => {
    const { join: joining, result, lines, activity, typed } = await signedIn();
    expect(result.failure).toBeUndefined();
    expect(exitStatus({ join: joining, signIn: result, browser: { accepted: true } })).toBe(0);
    expect(fieldOf(lines, 'AzureAdPrt')).toBe('YES');
    expect(fieldOf(lines, 'AzureAdPrtExpiryTime')).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.000 UTC$/);
    expect(fieldOf(lines, 'Device Name')).toBe('DESKTOP-01.corp.example.test');
    expect(fieldOf(lines, 'DeviceId')).toBe(joining.deviceId);
    expect(lines.flatMap((line) => /^\| (\S.*?) +\|$/.exec(line)?.[1] ?? [])).toEqual(SECTIONS);
    // One column for every colon, and boxes as wide as Windows draws them.
    const fields = lines.filter((line) => /^ *\S.* :(?: |$)/.test(line) && !line.includes('AzureAdPrt : YES).'));
    expect(new Set(fields.map((line) => line.indexOf(' :')))).toEqual(new Set([26]));
    expect(new Set(lines.filter((line) => /^[|+]/.test(line)).map((line) => line.length))).toEqual(new Set([72]));
    expect(activity).toMatchObject({ outcome: 'issued', endpoint: 'usernamemixed-13', subject: { kind: 'person' } });
    expect(lines.join('\n')).not.toContain(typed);
  });
});

/** Each field's place, and whether it has a value; the values differ from run to run. */
const formOf = (line: string): string => {
  const [, name, value] = /^( *[A-Za-z][^:]*? :)( .*)?$/.exec(line) ?? [];
  return name === undefined ? line : `${name}${value === undefined ? '' : ' <value>'}`;
};

test('the status has every line of a real one, in its order and form', async () => {
  const { lines } = await signedIn();
  const from = lines.indexOf('PS C:\\Windows\\System32> dsregcmd /status');
  const to = lines.findIndex((line) => line.startsWith('For more information'));
  const vector = readFileSync(join(import.meta.dirname, '../vectors/rehearsal/status-after-sign-in.txt'), 'utf8');
  expect(lines.slice(from, to + 1).map(formOf)).toEqual(vector.trimEnd().split('\n'));
});

test('a MEX document without an endpoint for passwords ends the sign-in (DBL-MEX-04)', async () => {
  const world = await openWorld(SOUND_PLAN, { fallback: 'disabled', port: 0 });
  try {
    const { joined } = await rehearseJoin(world, () => undefined);
    if (joined === undefined) throw new Error('the device did not join');
    const { http } = world.device;
    // As a proxy, or an older Mortise, would serve it.
    const without: HttpClient = {
      ...http,
      send: async (request) => {
        const response = await http.send(request);
        const text = response.body.toString().replaceAll('WssUsernameToken10', 'WssNothing');
        return request.url.includes('/wsf/mex') ? { ...response, body: Buffer.from(text) } : response;
      },
    };
    const result = await signIn({ ...world.device, http: without }, world.person, joined);
    expect(result.failure?.status).toBe('AAD_CLOUDAP_E_HTTP_PASSWORD_URI_IS_EMPTY');
    expect(result.failure?.cause.message).toContain('DBL-MEX-04');
    expect(HRESULTS[result.failure?.cause.hresult ?? 'S_OK']).toBe('0xcaa90023');
  } finally {
    await world.close();
  }
});

interface Expected {
  readonly refusal?: RefusalCode;
  readonly status: HresultName;
  readonly check?: string;
  /** DeviceAuthStatus; SUCCESS when absent. */
  readonly device?: string;
}

const EXPECTED: Readonly<Record<SignInMishapName, Expected>> = {
  'upn-not-mail': { refusal: 'password-account-unknown', status: 'AAD_CLOUDAP_E_WSTRUST_SAML_TOKENS_ARE_EMPTY' },
  'wrong-password': { refusal: 'password-wrong', status: 'AAD_CLOUDAP_E_WSTRUST_SAML_TOKENS_ARE_EMPTY' },
  locked: { refusal: 'account-locked-out', status: 'AAD_CLOUDAP_E_WSTRUST_SAML_TOKENS_ARE_EMPTY' },
  'unknown-immutable-id': { status: 'STATUS_LOGON_FAILURE', check: 'DBL-TOK-15' },
  'certificate-sign-in': { status: 'AAD_CLOUDAP_E_HTTP_CERTIFICATE_URI_IS_EMPTY', check: 'DBL-MEX-05' },
  'mex-copy-without-passwords': { status: 'AAD_CLOUDAP_E_HTTP_PASSWORD_URI_IS_EMPTY', check: 'DBL-MEX-04' },
  'mex-sign-in-page-later': { status: 'WC_E_DTDPROHIBITED', check: 'DBL-MEX-02' },
  'missing-immutable-id': { status: 'STATUS_LOGON_FAILURE', check: 'DBL-TOK-14' },
  'person-not-synchronised': { status: 'STATUS_LOGON_FAILURE', check: 'DBL-TOK-15' },
  'person-disabled-in-entra': { status: 'STATUS_LOGON_FAILURE', check: 'DBL-TOK-23' },
  'upn-suffix-not-verified': { status: 'STATUS_NO_SUCH_LOGON_SESSION', check: 'DBL-RLM-01' },
  'addresses-of-other-domain': { status: 'STATUS_LOGON_FAILURE', check: 'DBL-TOK-22' },
  'device-disabled': {
    status: 'STATUS_LOGON_FAILURE',
    check: 'DBL-PRT-02',
    device: 'FAILED. Device is either disabled or deleted',
  },
  'device-deleted': {
    status: 'STATUS_LOGON_FAILURE',
    check: 'DBL-PRT-02',
    device: 'FAILED. Device is either disabled or deleted',
  },
};

describe('each mishap of a sign-in', () => {
  test.each(Object.entries(EXPECTED) as [SignInMishapName, Expected][])('%s', async (name, expected) => {
    const { join: joining, result, lines, activity, typed } = await signedIn(name);
    const said = lines.join('\n');
    expect(joining.joinedBy, 'the device itself joins').toBe('federation');
    expect(exitStatus({ join: joining, signIn: result, browser: { accepted: true } })).toBe(1);
    expect(result.failure?.status).toBe(expected.status);
    expect(SIGN_IN_MISHAPS[name].shows).toBe(expected.status);
    expect(fieldOf(lines, 'AzureAdPrt')).toBe('NO');
    expect(fieldOf(lines, 'Attempt Status')).toBe(HRESULTS[expected.status]);
    expect(fieldOf(lines, 'DeviceAuthStatus')).toBe(expected.device ?? 'SUCCESS');
    const { aadsts } = SIGN_IN_MISHAPS[name] as Mishap;
    if (aadsts !== undefined)
      expect(fieldOf(lines, 'Server Error Description')).toMatch(new RegExp(`^AADSTS${aadsts}: `));
    expect(fieldOf(lines, 'User Identity')).toBe(result.person.userPrincipalName);
    if (expected.refusal !== undefined) expect(activity?.refusal?.code).toBe(expected.refusal);
    if (expected.refusal !== undefined) expect(said).toContain(`Mortise      ${expected.refusal}:`);
    if (expected.check !== undefined) expect(said).toContain(expected.check);
    expect(said).toMatch(/^Events {7}AAD \d{4}/m);
    for (const check of checksOf(name)) expect(said).toContain(check);
    expect(said).toContain(`Cure         ${SIGN_IN_MISHAPS[name].cure}`);
    expect(said + JSON.stringify(activity)).not.toContain(typed);
  });

  test('to Windows a locked account, an unknown one and a wrong password look alike', async () => {
    const answers = await Promise.all(
      (['locked', 'upn-not-mail', 'wrong-password'] as const).map(async (name) => {
        const { lines } = await signedIn(name);
        return [
          fieldOf(lines, 'HTTP status'),
          fieldOf(lines, 'Server Error Code'),
          fieldOf(lines, 'Server Error Description'),
        ];
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size, JSON.stringify(answers)).toBe(1);
  });
});
