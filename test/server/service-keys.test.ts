/** Which keys a service account has, as salts are told and former credentials end. */
import { expect, test } from 'vitest';
import { keysAt } from '../../src/kerberos/former-keys.ts';
import { serviceKeysFromPassword } from '../../src/kerberos/keys.ts';
import { openServiceKeys } from '../../src/server/service-keys.ts';
import type { HeldService } from '../../src/server/service-keys.ts';

const T0 = new Date('2026-06-01T08:00:00Z');
const at = (minutes: number): Date => new Date(T0.getTime() + minutes * 60_000);
const credential = (password: string) =>
  ({ kind: 'password', from: { userPrincipalName: 'svc@corp.test', password } }) as const;

function held(changes: Partial<HeldService> = {}): HeldService {
  const present = credential('present');
  const service = {
    gatewayId: 'one',
    account: 'svc@corp.test',
    spns: ['HTTP/sso.corp.test'],
    keySource: 'password',
    ...serviceKeysFromPassword(present.from, true),
  } as const;
  return { service, credential: present, former: [], salts: [], ...changes };
}

const FORMER = [
  { credential: credential('second'), acceptedUntil: at(20) },
  { credential: credential('first'), acceptedUntil: at(10) },
];

function open(changes: Partial<HeldService> = {}) {
  const keys = openServiceKeys([held(changes)]);
  const service = () => {
    const one = keys.services.get('one');
    if (one === undefined) throw new Error('the service has gone');
    return one;
  };
  return { keys, service, sources: () => [...new Set(service().keys.map(({ source }) => source))] };
}

test('a salt adds keys of the present credential and of every former one, and each stays what it was', () => {
  const { keys, sources } = open({ former: FORMER });
  const names = ['', 'former credential 1 (', 'former credential 2 ('];
  const withSalt = (salt: string) => names.map((name) => `${name}password with salt ${salt}${name && ')'}`);
  expect(sources()).toEqual(withSalt('CORP.TESTsvc'));
  expect(keys.learn('one', ['CORP.TESTold'])).toBe(true);
  expect(sources()).toHaveLength(6);
  expect(sources()).toEqual(expect.arrayContaining([...withSalt('CORP.TESTsvc'), ...withSalt('CORP.TESTold')]));
  expect(keys.salts()).toEqual(new Map([['one', ['CORP.TESTold']]]));
});

test('a salt that is known, or that follows from the names, adds nothing and says so', () => {
  const { keys, sources } = open();
  expect([keys.learn('one', ['CORP.TESTold']), keys.learn('one', ['CORP.TESTold'])]).toEqual([true, false]);
  expect(keys.learn('one', ['CORP.TESTsvc'])).toBe(false);
  expect(keys.learn('one', [])).toBe(false);
  expect(keys.learn('another gateway', ['CORP.TESTold'])).toBe(false);
  expect(sources()).toHaveLength(2);
});

test('of many salts the last three count: a forged answer cannot make tickets expensive', () => {
  const { keys, service } = open({ former: FORMER });
  const salts = Array.from({ length: 40 }, (_, n) => `SALT${n}`);
  for (const salt of salts) keys.learn('one', [salt]);
  keys.learn('one', salts.slice(0, 20));
  expect(keys.salts().get('one')).toEqual(['SALT0', 'SALT1', 'SALT2']);
  expect(service().keys.filter(({ encryptionType }) => encryptionType === 18)).toHaveLength(3 * 4);
});

test('a former credential that is over has no key in memory any more; those that are left keep their number', () => {
  const { keys, service, sources } = open({ former: FORMER, salts: ['CORP.TESTold'] });
  const asked = service();
  keys.expire(at(9));
  expect(service()).toBe(asked);
  keys.expire(at(10));
  expect(sources().filter((source) => source.startsWith('former credential 1'))).toHaveLength(2);
  expect(sources().some((source) => source.startsWith('former credential 2'))).toBe(false);
  keys.learn('one', ['CORP.TESTnew']);
  expect(sources().some((source) => source.startsWith('former credential 2'))).toBe(false);
  keys.expire(at(20));
  expect(sources().some((source) => source.startsWith('former'))).toBe(false);
  // Whoever is being answered goes on with what he began with; its time is looked at there.
  expect(keysAt(asked, at(9)).some(({ former }) => former?.generation === 2)).toBe(true);
  expect(keysAt(asked, at(20)).some(({ former }) => former !== undefined)).toBe(false);
});

test('a keytab has the keys that it holds, whatever is told', () => {
  const { keys, sources } = open({ credential: { kind: 'keytab', bytes: new Uint8Array() } });
  expect(keys.learn('one', ['CORP.TESTold'])).toBe(false);
  expect(sources()).toEqual(['password with salt CORP.TESTsvc']);
});
