/** A change of the service account's password in a Mortise that goes on, starts anew, or gets another master key. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Gateway } from '../../src/model/gateway.ts';
import { forgetExpired, retainCredentials } from '../../src/server/retained-credentials.ts';
import type { RetainingDependencies } from '../../src/server/retained-credentials.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { keytabFile } from '../kerberos/keytab-file.ts';
import { expectFault, recordReader } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import { mint, openGround, serviceKey } from './mortise.ts';
import type { Differences, Ground, RunningMortise } from './mortise.ts';

const T0 = new Date('2026-06-01T08:00:00Z');
const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
const minutes = (count: number): Date => new Date(T0.getTime() + count * 60_000);

let ground: Ground;
let gateway: Gateway;
beforeAll(async () => {
  ground = await openGround();
  [gateway] = ground.workspace.configuration.environment.gateways as [Gateway];
});
afterAll(() => ground.close());

function withPassword(serviceAccountPassword: string, changes: Partial<Gateway> = {}): Gateway {
  const { kerberos } = gateway;
  if (kerberos === undefined) throw new Error('the sample has Kerberos');
  return { ...gateway, kerberos: { ...kerberos, serviceAccountPassword }, ...changes };
}

describe('what is kept of credentials', () => {
  let store: Store;
  let warned: string[];
  beforeEach(async () => {
    store = await openSqliteStore(':memory:');
    warned = [];
  });
  afterEach(() => store.close());

  /** A start with these gateways; returns for each former credential until when it counts, in minutes. */
  async function start(gateways: readonly Gateway[], now = T0, changes: Partial<RetainingDependencies> = {}) {
    const retained = await retain(gateways, now, changes);
    await retained.keep(new Map());
    const former = retained.former.get(gateway.id) ?? [];
    return former.map(({ acceptedUntil }) => (acceptedUntil.getTime() - T0.getTime()) / 60_000);
  }
  const retain = (gateways: readonly Gateway[], now = T0, changes: Partial<RetainingDependencies> = {}) =>
    retainCredentials(gateways, {
      store: store.serviceCredentials,
      masterKey: MASTER_KEY,
      randomBytes,
      randomUUID,
      now,
      log: { info: () => undefined, warn: (_: unknown, text?: string) => void warned.push(text ?? '') },
      ...changes,
    });
  const rows = async () => (await store.serviceCredentials.list()).length;

  test('the first start keeps the present one, and a start without a change nothing more', async () => {
    expect(await start([withPassword('one')])).toEqual([]);
    const before = await store.serviceCredentials.list();
    expect(await start([withPassword('one')], minutes(5))).toEqual([]);
    expect(await store.serviceCredentials.list()).toEqual(before);
  });

  test('a former one counts for the minutes that are set, from the change on, across starts', async () => {
    await start([withPassword('one')]);
    expect(await start([withPassword('two')], minutes(100))).toEqual([710]);
    expect(await start([withPassword('two')], minutes(709))).toEqual([710]);
    expect(await start([withPassword('two')], minutes(710))).toEqual([]);
    expect(await rows()).toBe(1);
  });

  test('of many the last five stay', async () => {
    for (let n = 0; n <= 7; n += 1) await start([withPassword(`password ${n}`)], minutes(n));
    expect(await start([withPassword('password 7')], minutes(8))).toEqual([617, 616, 615, 614, 613]);
    expect(await rows()).toBe(6);
  });

  test('one that is set again is the present one, and no former one', async () => {
    await start([withPassword('one')]);
    await start([withPassword('two')], minutes(1));
    expect(await start([withPassword('one')], minutes(2))).toEqual([612]);
    expect(await rows()).toBe(2);
  });

  test('a new keytab replaces a password, and another keytab that one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mortise-keytab-'));
    const keytab = (kvno: number): Gateway => {
      const keytabFilePath = join(folder, 'mortise.keytab');
      writeFileSync(keytabFilePath, keytabFile([{ longVersion: kvno }]));
      const { kerberos } = withPassword('unused');
      const { serviceAccountPassword, ...rest } = kerberos!;
      void serviceAccountPassword;
      return { ...gateway, kerberos: { ...rest, keytabFile: keytabFilePath } };
    };
    try {
      await start([withPassword('one')]);
      expect(await start([keytab(3)], minutes(1))).toEqual([611]);
      expect(await start([keytab(4)], minutes(2))).toEqual([612, 611]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('nothing is written before the rest of a configuration is in order', async () => {
    await retain([withPassword('one')]);
    expect(await rows()).toBe(0);
  });

  describe('the salts that a controller told', () => {
    const told = (...salts: readonly string[]) => new Map([[gateway.id, salts]]);
    const knownTo = async (password: string, now = T0) =>
      (await retain([withPassword(password)], now)).salts.get(gateway.id);

    test('stay with the credential, across a change too: the controller tells the present one alone', async () => {
      await (await retain([withPassword('one')])).keep(told('OLD'));
      expect(await knownTo('one')).toEqual(['OLD']);
      await (await retain([withPassword('two')], minutes(1))).keep(told('NEW', 'OLD'));
      expect(await knownTo('two', minutes(2))).toEqual(['NEW', 'OLD']);
      const { former } = await retain([withPassword('two')], minutes(2));
      expect(former.get(gateway.id)).toMatchObject([
        { credential: { kind: 'password', from: { password: 'one', knownSalts: ['OLD'] } } },
      ]);
    });

    test('are no change of the credential', async () => {
      await (await retain([withPassword('one')])).keep(told());
      await (await retain([withPassword('one')], minutes(1))).keep(told('NEW'));
      expect(await start([withPassword('one')], minutes(2))).toEqual([]);
      expect([await rows(), await knownTo('one')]).toEqual([1, ['NEW']]);
    });

    test('are written only where they are others', async () => {
      await (await retain([withPassword('one')])).keep(told('OLD'));
      const before = await store.serviceCredentials.list();
      await (await retain([withPassword('one')], minutes(1))).keep(told('OLD'));
      await (await retain([withPassword('one')], minutes(1))).keep(new Map());
      expect(await store.serviceCredentials.list()).toEqual(before);
    });
  });

  describe('while it runs, what is over', () => {
    const forget = (gateways: readonly Gateway[], now: Date) => forgetExpired(gateways, store.serviceCredentials, now);

    test('leaves in the minute in which it is, and nothing else does', async () => {
      await start([withPassword('one')]);
      await start([withPassword('two')], minutes(1));
      await start([withPassword('three')], minutes(2));
      const gateways = [withPassword('three')];
      expect([await forget(gateways, minutes(610)), await rows()]).toEqual([0, 3]);
      expect([await forget(gateways, minutes(611)), await rows()]).toEqual([1, 2]);
      expect([await forget(gateways, minutes(612)), await rows()]).toEqual([1, 1]);
      expect([await forget(gateways, minutes(100_000)), await rows()]).toEqual([0, 1]);
    });

    test('leaves of a gateway that is switched off, too', async () => {
      await start([withPassword('one')]);
      await start([withPassword('two')], minutes(1));
      expect([await forget([withPassword('two', { enabled: false })], minutes(611)), await rows()]).toEqual([1, 1]);
    });
  });

  test('what another master key wrote is forgotten with a warning, and keeps nobody from starting', async () => {
    await start([withPassword('one')]);
    await start([withPassword('two')], minutes(1));
    const masterKey = Buffer.alloc(32, 8).toString('base64');
    expect(await start([withPassword('two')], minutes(2), { masterKey })).toEqual([]);
    expect(warned).toHaveLength(2);
    expect(await rows()).toBe(1);
    expect(await start([withPassword('three')], minutes(3), { masterKey })).toEqual([613]);
  });

  test('a gateway that is switched off keeps its own; one that is gone does not', async () => {
    await start([withPassword('one')]);
    await start([withPassword('two')], minutes(1));
    await start([withPassword('two', { enabled: false })], minutes(2));
    expect(await rows()).toBe(2);
    await start([], minutes(3));
    expect(await rows()).toBe(0);
  });

  test('the store holds no password that can be read', async () => {
    await start([withPassword('a-password-in-the-store')]);
    const [row] = await store.serviceCredentials.list();
    expect(Buffer.from(row?.protectedCredential ?? []).includes('a-password-in-the-store')).toBe(false);
  });
});

describe('a server whose service account gets a new password', () => {
  const NEXT = 'Next-Passw0rd-of-the-account';
  let clock: Date;
  const now = (): Date => clock;
  const underNext = (changes: Differences = {}): Differences => ({ gateway: withPassword(NEXT), now, ...changes });

  async function ask(mortise: RunningMortise, password: string) {
    const client = openClient(mortise);
    try {
      return await client.ask(negotiate(mint(serviceKey(password), { now: clock })));
    } finally {
      client.close();
    }
  }
  const kerberosNotes = async (read: ReturnType<typeof recordReader>): Promise<readonly (string | undefined)[]> =>
    (await read()).map(({ steps }) => steps.find(({ name }) => name === 'kerberos')?.detail);

  test('takes tickets under the old one across a reload and a restart, says so, and refuses them when it is over', async () => {
    const old = ground.workspace.serviceAccountPassword;
    const records = recordReader(ground.store);
    clock = new Date();
    const first = await ground.start({ now });
    expect((await ask(first, old)).status).toBe(200);
    expectFault(await ask(first, NEXT), 401, 'kerberos-key-mismatch');

    await first.reload?.(underNext());
    expect([(await ask(first, old)).status, (await ask(first, NEXT)).status]).toEqual([200, 200]);
    await first.close();

    const second = await ground.start(underNext());
    await records();
    expect([(await ask(second, old)).status, (await ask(second, NEXT)).status]).toEqual([200, 200]);
    const notes = await kerberosNotes(records);
    expect(notes[0]).toContain('key from former credential 1');
    expect(notes[1]).toContain('key from password');

    clock = new Date(clock.getTime() + 611 * 60_000);
    expectFault(await ask(second, old), 401, 'kerberos-key-mismatch');
    expect((await ask(second, NEXT)).status).toBe(200);
    await second.close();
  });
});
