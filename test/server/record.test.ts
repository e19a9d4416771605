/** The record of each outcome: there before the answer, whole, and without a secret. */
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import {
  SAMPLE_COMPUTERS,
  SAMPLE_COMPUTERS_DN,
  SAMPLE_DOMAIN_SID,
  SAMPLE_REALM,
} from '../../src/directory/sample-domain.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { sidToBytes } from '../../src/directory/sid.ts';
import { Refusal } from '../../src/refusal.ts';
import { SAMPLE_IDS } from '../../src/rehearsal/sample-configuration.ts';
import { expectFault } from './answers.ts';
import { negotiate, negotiateWith, openClient, RST13 } from './client.ts';
import { APP, PATHS, storeWith } from './mortise.ts';
import { serving } from './serving.ts';

const STEPS = ['network', 'kerberos', 'request', 'directory', 'entry', 'user', 'claims', 'sign'];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const at = serving();

const ticketOf = (name: string) => at.ground.mint({ client: { name, realm: SAMPLE_REALM } });

/** The one record since the last look. */
async function onlyRecord(): Promise<Activity> {
  const [record, ...more] = await at.records();
  expect(more, 'one outcome, one record').toEqual([]);
  if (record === undefined) throw new Error('nothing was recorded');
  return record;
}

describe('a token that was issued', () => {
  test('is recorded once, with everything about it', async () => {
    const headers = { 'client-request-id': '7d1f5a3e-0000-4000-8000-000000000001' };
    const answer = await at.client.ask(negotiate(at.ground.mint()), { headers });
    const record = await onlyRecord();
    expect(record.id).toMatch(UUID);
    expect(Math.abs(record.recordedAt.getTime() - Date.now())).toBeLessThan(5_000);
    expect(record).toMatchObject({
      outcome: 'issued',
      endpoint: 'windowstransport-13',
      sourceAddress: '127.0.0.1',
      applicationId: APP,
      requestId: '7d1f5a3e-0000-4000-8000-000000000001',
      principal: `DESKTOP-01$@${SAMPLE_REALM}`,
      subject: {
        kind: 'device',
        name: 'DESKTOP-01$',
        dn: `CN=DESKTOP-01,${SAMPLE_COMPUTERS_DN}`,
        objectGUID: 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a101',
        objectSid: `${SAMPLE_DOMAIN_SID}-1601`,
        username: 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a101',
      },
    });
    expect(record.refusal).toBeUndefined();
    const [user] = await at.ground.store.users.list();
    expect(record.subject?.userId).toBe(user?.id);
    expect(answer.text).toContain(`AssertionID="${record.assertion?.id}"`);
    expect(answer.text).toContain(`NotOnOrAfter="${record.assertion?.notOnOrAfter.toISOString()}"`);
  });

  test('names each claim with its namespace, its value and where it came from, as the assertion has them', async () => {
    const { text } = await at.client.ask(negotiate(at.ground.mint()));
    const claims = (await onlyRecord()).assertion?.claims ?? [];
    expect(claims.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['NameIdentifier', 'ImmutableID', 'accounttype', 'onpremobjectguid', 'primarysid']),
    );
    expect(claims.find(({ name }) => name === 'primarysid')).toEqual({
      name: 'primarysid',
      namespace: 'http://schemas.microsoft.com/ws/2008/06/identity/claims',
      value: `${SAMPLE_DOMAIN_SID}-1601`,
      source: '${user.objectSid} ← objectSid',
    });
    for (const { name, namespace, value } of claims) {
      expect(text, name).toContain(`>${value}</`);
      expect(text, name).toContain(namespace);
    }
  });

  test('shows every step in its order, with how long it took and what it found', async () => {
    await at.client.ask(negotiate(at.ground.mint()));
    const { steps } = await onlyRecord();
    expect(steps.map(({ name }) => name)).toEqual(STEPS);
    expect(steps.every(({ durationMs }) => durationMs >= 0)).toBe(true);
    expect(steps.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeGreaterThan(0.5);
    const detail = Object.fromEntries(steps.map((step) => [step.name, step.detail]));
    expect(detail['kerberos']).toBe('aes256-cts-hmac-sha1-96 (18), kvno 2, key from password');
    expect(detail['directory']).toMatch(new RegExp(`^user type .*: CN=DESKTOP-01,${SAMPLE_COMPUTERS_DN}$`));
  });

  test('notes the user that it created, once', async () => {
    const differing = () => ticketOf(SAMPLE_COMPUTERS.differing);
    await at.client.ask(negotiate(differing()));
    expect((await onlyRecord()).notes).toEqual([expect.stringMatching(/^user created: 7e90d2c4-/)]);
    await at.client.ask(negotiate(differing()));
    expect((await onlyRecord()).notes).toEqual([]);
  });

  test('is in the log under the id of its record', async () => {
    await at.client.ask(negotiate(at.ground.mint()));
    const { id } = await onlyRecord();
    expect(at.mortise.logged).toContainEqual(expect.objectContaining({ activity: id, msg: 'token issued' }));
  });

  test.each([
    ['a GUID', '{7d1f5a3e-0000-4000-8000-000000000001}', true],
    ['a line', 'two words', false],
    ['something long', 'a'.repeat(81), false],
    ['markup', '<b>', false],
  ])('client-request-id is taken when it is %s: %s', async (_what, value, taken) => {
    await at.client.ask(negotiate(at.ground.mint()), { headers: { 'client-request-id': value } });
    const messageId = /MessageID[^>]*>([^<]+)</i.exec(Buffer.from(RST13).toString('utf8'))?.[1];
    expect((await onlyRecord()).requestId).toBe(taken ? value : messageId);
  });
});

describe('a refusal', () => {
  test.each([
    ['kerberos', 'kerberos-encryption-type-refused', () => at.ground.mint({ ticketEncryptionType: 23 })],
    ['directory', 'account-disabled', () => ticketOf(SAMPLE_COMPUTERS.disabled)],
    ['entry', 'anchor-missing', () => ticketOf(SAMPLE_COMPUTERS.withoutAnchor)],
  ] as const)('tells how far it came: %s, %s', async (step, code, ticket) => {
    await at.client.ask(negotiate(ticket()));
    const record = await onlyRecord();
    expect(record.refusal?.code).toBe(code);
    expect(record.steps.map(({ name }) => name)).toEqual(STEPS.slice(0, STEPS.indexOf(step) + 1));
    expect(record.steps.at(-1)).toMatchObject({ name: step, failed: true });
    expect(record.steps.slice(0, -1).every(({ failed }) => failed === undefined)).toBe(true);
    expect(record.assertion).toBeUndefined();
    expect(at.mortise.logged).toContainEqual(expect.objectContaining({ activity: record.id, code }));
  });

  test('holds expected and actual, which the caller does not get', async () => {
    const skewed = at.ground.mint({ clientTime: new Date(Date.now() - 3_600_000) });
    const { text } = await at.client.ask(negotiate(skewed));
    const { refusal } = await onlyRecord();
    expect(refusal?.code).toBe('kerberos-clock-skew');
    expect(refusal?.expected).toBeDefined();
    expect(refusal?.actual).toBeDefined();
    expect(text).not.toContain(refusal?.actual ?? '');
  });

  test('of a caller who was found holds who it is', async () => {
    await at.client.ask(negotiate(ticketOf(SAMPLE_COMPUTERS.withoutAnchor)));
    expect(await onlyRecord()).toMatchObject({
      principal: `DESKTOP-03$@${SAMPLE_REALM}`,
      subject: { kind: 'device', name: 'DESKTOP-03$', dn: `CN=DESKTOP-03,${SAMPLE_COMPUTERS_DN}` },
      refusal: { code: 'anchor-missing', attribute: 'mS-DS-ConsistencyGuid' },
    });
  });

  test('after a link was retired holds that too', async () => {
    const link = {
      gatewayId: SAMPLE_IDS.gateway,
      userTypeId: SAMPLE_IDS.devices,
      correlationAttributes: { objectGUID: '99999999-0000-4000-8000-000000000001', sAMAccountName: 'DESKTOP-09$' },
    };
    const populationId = SAMPLE_IDS.devicePopulation;
    const taken = { id: '99999999-0000-4000-8000-00000000000a', username: '99999999-0000-4000-8000-000000000002' };
    const old = { id: '99999999-0000-4000-8000-00000000000b', username: 'old' };
    const other = { ...link, correlationAttributes: { objectGUID: '99999999-0000-4000-8000-000000000003' } };
    await at.ground.store.users.create(
      { ...taken, populationId, attributes: {}, link: other, uniqueAttributes: [] },
      new Date(),
    );
    await at.ground.store.users.create(
      { ...old, populationId, attributes: {}, link, uniqueAttributes: [] },
      new Date(),
    );
    // DESKTOP-09 was made anew, and its mS-DS-ConsistencyGuid was copied from another computer.
    const template = sampleForest.find(({ dn }) => dn.startsWith('CN=DESKTOP-01,'));
    if (template === undefined) throw new Error('the sample forest has changed');
    const bytes = (text: string) => Buffer.from(text);
    const guid = (last: number) => Buffer.from([0x99, 0x99, 0x99, 0x99, 0, 0, 0, 0x40, 0x80, 0, 0, 0, 0, 0, 0, last]);
    const remade = {
      dn: template.dn.replace('DESKTOP-01', 'DESKTOP-09'),
      attributes: new Map([
        ...template.attributes,
        ['samaccountname', [bytes('DESKTOP-09$')]] as const,
        ['objectguid', [guid(7)]] as const,
        ['objectsid', [sidToBytes(`${SAMPLE_DOMAIN_SID}-1609`) ?? bytes('')]] as const,
        ['ms-ds-consistencyguid', [guid(2)]] as const,
      ]),
    };
    const server = await at.ground.start({ directory: openSampleDirectory([remade]) });
    const mine = openClient(server);
    expectFault(await mine.ask(negotiate(ticketOf('DESKTOP-09$'))), 500, 'user-not-unique');
    mine.close();
    expect((await onlyRecord()).notes).toEqual([expect.stringContaining(`link retired: user old (${old.id})`)]);
  });
});

describe('a defect', () => {
  test('is answered as internal-error; its words are in the log under the record’s id, and nowhere else', async () => {
    const server = await at.ground.start({
      directory: {
        ...openSampleDirectory([]),
        search: async () => {
          throw new TypeError('s3cr3t words of a defect');
        },
        close: async () => undefined,
      },
    });
    const mine = openClient(server);
    const answer = await mine.ask(negotiate(at.ground.mint()));
    mine.close();
    expectFault(answer, 500, 'internal-error');
    const record = await onlyRecord();
    expect(record.refusal).toEqual({ code: 'internal-error', detail: 'TypeError' });
    expect(record.steps.at(-1)).toMatchObject({ name: 'directory', detail: 'TypeError', failed: true });
    expect(answer.text + JSON.stringify(record)).not.toContain('s3cr3t');
    const line = server.logged.find(({ activity }) => activity === record.id);
    expect(line).toMatchObject({ level: 50, error: { message: 's3cr3t words of a defect' } });
  });
});

describe('when the record cannot be written', () => {
  const failing = () =>
    storeWith(at.ground.store, {
      append: async () => {
        throw new Error('SQLITE_FULL: s3cr3t path /var/lib/mortise');
      },
    });

  test.each([
    ['a token', () => negotiate(at.ground.mint())],
    ['a refusal', () => negotiate(ticketOf(SAMPLE_COMPUTERS.disabled))],
    ['a ticket that is not accepted', () => 'Negotiate YII='],
  ])('%s is not answered: 500, no assertion, nothing of why', async (_what, authorization) => {
    const server = await at.ground.start({ store: failing() });
    const mine = openClient(server);
    const answer = await mine.ask(authorization());
    expectFault(answer, 500, 'record-unavailable');
    expect(answer.headers, 'no proof for what did not happen').not.toHaveProperty('www-authenticate');
    expect(JSON.stringify(answer)).not.toMatch(/s3cr3t|SQLITE|Assertion|\.ts:/);
    const [line, ...more] = server.logged.filter(({ level }) => level === 50);
    expect(more).toEqual([]);
    expect(line).toMatchObject({ activity: expect.stringMatching(UUID), error: { type: 'NotRecordedError' } });
    expect(JSON.stringify(line), 'the log says why').toContain('SQLITE_FULL');
    // The connection and the server are none the worse.
    expect((await mine.send({ path: '/health' })).status).toBe(200);
    mine.close();
    expect(await at.records()).toEqual([]);
  });

  test('it is tried once: an outcome that may be written already is not written as another', async () => {
    const tried: Activity[] = [];
    const store = storeWith(at.ground.store, {
      append: async (activity) => {
        tried.push(activity);
        await at.ground.store.activities.append(activity);
        throw new Error('the acknowledgement was lost');
      },
    });
    const server = await at.ground.start({ store });
    const mine = openClient(server);
    expectFault(await mine.ask(negotiate(at.ground.mint())), 500, 'record-unavailable');
    mine.close();
    expect(tried.map(({ outcome }) => outcome)).toEqual(['issued']);
    await onlyRecord();
  });

  test('one that hangs holds its own answer back and no other', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let first = true;
    const store = storeWith(at.ground.store, {
      append: async (activity) => {
        if (first) {
          first = false;
          await released;
        }
        await at.ground.store.activities.append(activity);
      },
    });
    const server = await at.ground.start({ store });
    const [slow, quick] = [openClient(server), openClient(server)];
    let answered = false;
    const held = slow.ask(negotiate(at.ground.mint())).finally(() => (answered = true));
    await expect.poll(() => first).toBe(false);
    expect((await quick.ask(negotiate(at.ground.mint()))).status).toBe(200);
    await wait(20);
    expect(answered).toBe(false);
    release();
    expect((await held).status).toBe(200);
    slow.close();
    quick.close();
  });
});

test('a refusal of the directory is recorded like any other', async () => {
  const down = async () => {
    throw new Refusal('directory-down', { actual: 'dc1:636: connect ECONNREFUSED' });
  };
  const server = await at.ground.start({
    directory: { search: down, checkPassword: down, changePassword: down, close: async () => undefined },
  });
  const mine = openClient(server);
  expectFault(await mine.ask(negotiate(at.ground.mint())), 500, 'directory-down');
  mine.close();
  expect((await onlyRecord()).refusal).toEqual({ code: 'directory-down', actual: 'dc1:636: connect ECONNREFUSED' });
});

test('no ticket, no key, no password and no header is in any record or log line', async () => {
  const tickets = [
    at.ground.mint(),
    at.ground.mint({ ticketEncryptionType: 23 }),
    at.ground.mint({ clientTime: new Date(0) }),
    ticketOf(SAMPLE_COMPUTERS.disabled),
    ticketOf(SAMPLE_COMPUTERS.withoutAnchor),
    ticketOf('NOBODY$'),
  ];
  const cut = at.ground.mint().token;
  const authorizations = [
    ...tickets.map(negotiate),
    negotiate(tickets[0] ?? at.ground.mint()),
    ...[1, 2, 40, cut.length - 1].map((length) => negotiateWith(cut.subarray(0, length))),
    'Basic dXNlcjpzM2NyM3Q=',
  ];
  for (const authorization of authorizations) {
    await at.client.ask(authorization, { path: PATHS.active });
  }
  const all = await at.records();
  expect(all).toHaveLength(authorizations.length);
  expect(all.filter(({ outcome }) => outcome === 'issued')).toHaveLength(1);
  const said = JSON.stringify([all, at.mortise.logged]);
  const pieces = [...tickets.map(({ token }) => token), cut].flatMap((token) => {
    // Any stretch of a token, in either writing, as it could be quoted.
    const bytes = Buffer.from(token);
    return [bytes.subarray(0, 24), bytes.subarray(-24)].flatMap((part) => [
      part.toString('hex'),
      part.toString('base64'),
    ]);
  });
  for (const secret of [...at.ground.secrets(), ...pieces, 'dXNlcjpzM2NyM3Q', 'Negotiate YI']) {
    expect(said.includes(secret), `${secret.slice(0, 12)}… stands in a record or in the log`).toBe(false);
  }
});
