/** Every mishap of the rehearsal, from its transcript through reader and diagnosis to the one finding that names its cause. */
import { describe, expect, test } from 'vitest';
import type { Diagnosis, Finding } from '../../src/doctor/finding.ts';
import { diagnose } from '../../src/doctor/diagnose/diagnose.ts';
import { readCaptures } from '../../src/doctor/read/read.ts';
import { isMishapName, mishapNames } from '../../src/rehearsal/mishaps.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { rehearseSignIn } from '../../src/rehearsal/rehearse-sign-in.ts';
import { rehearseBrowser } from '../../src/rehearsal/rehearse-browser.ts';
import { printOutcome, rehearseJoin } from '../../src/rehearsal/rehearse.ts';
import type { Mishap } from '../../src/rehearsal/mishaps.ts';
import { SIGN_IN_MISHAPS } from '../../src/rehearsal/sign-in-mishaps.ts';
import { openWorld } from '../../src/rehearsal/world.ts';
import { rehearsed } from '../rehearsal/rehearsed.ts';

function reading(lines: readonly string[]): ReturnType<typeof readCaptures> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${lines.join('\n')}\n`);
  }
  return readCaptures([{ name: 'join.txt', bytes: bytes() }]);
}

async function diagnosed(lines: readonly string[]): Promise<Diagnosis> {
  const read = await reading(lines);
  expect(read.unknown.quotes.map(({ text }) => text)).toEqual([]);
  return diagnose(read, { at: undefined, configuration: undefined });
}

/** Of mishaps at the join; the error that stands first. */
const PRIMARY: Readonly<Record<string, string>> = {
  'wrong-name-format': 'DOC-DB-09',
  'missing-attribute': 'DOC-DB-09',
  'missing-anchor': 'DOC-DB-08',
  'wrong-anchor': 'DOC-DB-09',
  'wrong-issuer': 'DOC-DB-10',
  'wrong-signing-certificate': 'DOC-DB-11',
  'rc4-ticket': 'DOC-DB-17',
  'wrong-spn': 'DOC-DB-17',
  'clock-skew-at-idp': 'DOC-DB-17',
  'clock-skew-at-entra': 'DOC-DB-12',
  'mex-unreachable': 'DOC-HR-0xcaa9002b',
  'mex-without-13': 'DOC-DB-06',
  'directory-down': 'DOC-DB-08',
  'disabled-computer': 'DOC-DB-08',
  'domain-still-managed': 'DOC-DB-01',
  'registration-blocked': 'DOC-AADSTS-53003',
  'scp-missing': 'DOC-PR-02',
  'scp-other-domain': 'DOC-HR-0x801c003a',
  'scp-tenant-id': 'DOC-HR-0x801c003d',
  'scp-initial-domain': 'DOC-DB-01',
  'proxy-sign-in-page': 'DOC-HR-0x8007000d',
  'realm-unreachable': 'DOC-HR-0x801c003d',
  'saml-protocol': 'DOC-DB-04',
  'mex-not-set': 'DOC-HR-0xcaa9001a',
  'mex-http': 'DOC-HR-0xcaa90020',
  'mex-other-application': 'DOC-HR-0xcaa9002b',
  'mex-sign-in-page': 'DOC-DB-05',
  'mex-is-federation-metadata': 'DOC-DB-05',
  'mex-copy-without-policies': 'DOC-DB-06',
  'mex-http-addresses': 'DOC-DB-06',
  'negotiate-dropped': 'DOC-DB-17',
  'firewall-refuses': 'DOC-HR-0xcaa30193',
  'load-balancer-empty': 'DOC-HR-0xcaa301f7',
  'other-network': 'DOC-HR-0xcaa30193',
  'old-service-password': 'DOC-DB-17',
  'wrong-audience': 'DOC-DB-08',
  'other-search-base': 'DOC-DB-08',
  'other-token-type': 'DOC-HR-0xcaa90002',
  'answer-reformatted': 'DOC-DB-11',
  'guid-as-text': 'DOC-AADSTS-50008',
  'registration-disabled': 'DOC-AADSTS-500014',
  'authorization-dropped': 'DOC-HR-0x801c0002',
  'too-many-attempts': 'DOC-DB-24',
  'earlier-user-certificate': 'DOC-DB-01',
  'device-clock': 'DOC-DB-01',
  'form-escaped-twice': 'DOC-AADSTS-70003',
  'form-plus-as-space': 'DOC-AADSTS-700002',
  'other-saml-version': 'DOC-AADSTS-500085',
  'other-assertion-id': 'DOC-AADSTS-500086',
  'signature-removed': 'DOC-DB-11',
  'gateway-weak-key': 'DOC-AADSTS-50032',
  'gateway-other-audience': 'DOC-AADSTS-500131',
  'gateway-holder-of-key': 'DOC-AADSTS-50008',
};

describe('one mishap, one primary finding', () => {
  test.each(Object.entries(PRIMARY))('%s is %s', async (mishap, id) => {
    if (!isMishapName(mishap)) throw new Error(`there is no mishap ${mishap}`);
    const { transcript } = await rehearsed({ mishap });
    const errors = (await diagnosed(transcript)).findings.filter(({ severity }) => severity === 'error');
    expect(errors.map((finding) => finding.id)).toEqual([id]);
    expect(errors[0]?.seen.length).toBeGreaterThan(0);
    expect(errors[0]?.fix.length).toBeGreaterThan(0);
  });

  test('no mishap of the join is left out', () => {
    expect(mishapNames().filter((name) => !(name in PRIMARY))).toEqual([]);
  });
});

test('a sound join is in order', async () => {
  const { transcript } = await rehearsed({});
  const { findings } = await diagnosed(transcript);
  expect(findings.map(({ severity }) => severity)).not.toContain('error');
  expect(findings.map(({ id }) => id)).toContain('DOC-DB-16');
});

test('all that `rehearse` prints is read, and in order', async () => {
  const world = await openWorld(SOUND_PLAN, { fallback: 'disabled', port: 0 });
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  try {
    const join = await rehearseJoin(world, write);
    await printOutcome(world, { result: join, mishap: undefined }, write);
    if (join.joined === undefined) throw new Error('the device did not join');
    await rehearseSignIn(world, join.joined, undefined, write);
    await rehearseBrowser(world, { mishap: undefined }, write);
  } finally {
    await world.close();
  }
  const { findings } = diagnose(await reading(lines), { at: undefined, configuration: undefined });
  expect(findings.map(({ severity }) => severity)).not.toContain('error');
  expect(findings.map(({ id }) => id)).toEqual(expect.arrayContaining(['DOC-DB-16', 'DOC-ST-00']));
});

test('a fallback that hides the fault is told from a join by federation, with its cause and the switch', async () => {
  const { transcript } = await rehearsed({ mishap: 'wrong-name-format', fallback: 'synchronised' });
  const { findings } = await diagnosed(transcript);
  const hidden = findings.find(({ id }) => id === 'DOC-DB-15');
  expect(hidden).toBeDefined();
  expect(hidden?.fix.map(({ command = '' }) => command).join('\n')).toContain('FallbackToSyncJoin');
  expect(findings.map(({ id }) => id)).toContain('DOC-DB-09');
  expect(findings.map(({ id }) => id)).not.toContain('DOC-DB-16');
});

/** What `dsregcmd /status` shows of a person’s sign-in, without what the rehearsal explains above and beneath it. */
async function signedIn(row: Mishap | undefined): Promise<readonly string[]> {
  const world = await openWorld({ ...SOUND_PLAN, ...row?.change }, { fallback: 'disabled', port: 0 });
  try {
    const join = await rehearseJoin(world, () => undefined);
    if (join.joined === undefined) throw new Error('the device did not join');
    const lines: string[] = [];
    await rehearseSignIn(world, join.joined, undefined, (line) => lines.push(line));
    const start = lines.findIndex((line) => line.startsWith('PS C:'));
    return lines.slice(start, lines.findIndex((line) => line.startsWith('For more information')) + 1);
  } finally {
    await world.close();
  }
}

/** The cause that Windows could see; that there is no primary refresh token follows from it. */
const PRIMARY_AT_SIGN_IN: Readonly<Record<keyof typeof SIGN_IN_MISHAPS, string>> = {
  'upn-not-mail': 'DOC-DB-08',
  'wrong-password': 'DOC-DB-08',
  locked: 'DOC-DB-08',
  'unknown-immutable-id': 'DOC-DB-09',
  'certificate-sign-in': 'DOC-HR-0xc004848c',
  'mex-copy-without-passwords': 'DOC-DB-07',
  'mex-sign-in-page-later': 'DOC-HR-0xc00cee4f',
  'missing-immutable-id': 'DOC-DB-09',
  'person-not-synchronised': 'DOC-DB-09',
  'person-disabled-in-entra': 'DOC-AADSTS-50057',
  'upn-suffix-not-verified': 'DOC-EV-10',
  'addresses-of-other-domain': 'DOC-DB-10',
  'device-disabled': 'DOC-ST-05',
  'device-deleted': 'DOC-ST-05',
};

const following = ({ consequences }: Finding): readonly Finding[] => [
  ...consequences,
  ...consequences.flatMap(following),
];

describe('a sign-in', () => {
  test.each(Object.entries(SIGN_IN_MISHAPS))('%s', async (name, row) => {
    const { findings } = await diagnosed(await signedIn(row));
    const errors = findings.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ id }) => id)).toEqual([PRIMARY_AT_SIGN_IN[name as keyof typeof SIGN_IN_MISHAPS]]);
    expect(errors.flatMap(following).map(({ id }) => id)).toContain('DOC-ST-06');
    expect(errors[0]?.fix.length).toBeGreaterThan(0);
  });

  test('without mishap nothing is wrong', async () => {
    const { findings } = await diagnosed(await signedIn(undefined));
    expect(findings.map(({ severity }) => severity)).not.toContain('error');
    expect(findings.map(({ id }) => id)).toContain('DOC-ST-00');
  });
});
