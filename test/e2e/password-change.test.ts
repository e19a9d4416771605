/**
 * The service account gets another password, twice, as docs/operations.md says, while computers ask for tokens all the time:
 * with tickets from before, and with tickets that they fetch as it happens. None is lost, the record says which credential
 * opened each, and when their time is over the old ones open nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPUTER_PASSWORD, COMPUTERS } from '../../lab/accounts.ts';
import { labAvailable } from '../../lab/samba.ts';
import type { Activity } from '../../src/audit/activity.ts';
import { gssapiAvailable } from '../kerberos/gssapi-client.ts';
import { account, addServiceAccount, setPassword } from './active-directory.ts';
import { ask } from './curl.ts';
import { expectIssued, expectRefused, stepOf } from './expectations.ts';
import { openLane, openLaneOf } from './lane.ts';
import type { Lane } from './lane.ts';
import type { Mortise } from './mortise.ts';
import { EXTRA_HOSTS, openSite } from './site.ts';
import type { Site } from './site.ts';

const [FIRST, SECOND, THIRD] = ['The-First-Password', 'The-Second-Password', 'The-Third-Password'] as const;
const MINUTE_MS = 60_000;
/** Less than the skew that is allowed: when it has passed here, the clients' clocks are still good. */
const RETAINED_MINUTES = 4;
/** Answers of each client between two steps of the administrator. */
const BETWEEN = { old: 50, arriving: 3 } as const;

describe.skipIf(!labAvailable || !gssapiAvailable)('a new password for the service account, under load', () => {
  let site: Site;
  let dn: string;
  let version: number;
  beforeAll(async () => {
    site = await openSite();
    dn = await addServiceAccount(site.lab, 'svc-load', { password: FIRST, host: EXTRA_HOSTS.load });
    version = (await account(site.lab, 'svc-load')).keyVersion;
  });
  afterAll(async () => {
    await site?.close();
  });

  /** A computer with a ticket of this moment. */
  async function ticketOf(name: string): Promise<Readonly<Record<string, string>>> {
    const tickets = await site.lab.kinit(`${name}$`, COMPUTER_PASSWORD);
    await tickets.request(`HTTP/${EXTRA_HOSTS.load}`);
    return tickets.env;
  }

  /** Computers that start up: a sign-in and a ticket of its own for each token. */
  const arriving = (mortise: Mortise): Lane =>
    openLaneOf(async function* () {
      for (;;) {
        const { requestId, statuses } = await ask(mortise, { env: await ticketOf(COMPUTERS.toRemake) });
        yield { requestId, status: statuses.at(-1) ?? 0 };
      }
    });

  test('no ticket is refused while it counts, and none is taken any longer', { timeout: 240_000 }, async () => {
    const settings = { serviceAccount: 'svc-load', host: EXTRA_HOSTS.load };
    const mortise = await site.mortise({
      ...settings,
      servicePassword: FIRST,
      minutesToRetainPreviousCredentials: RETAINED_MINUTES,
    });
    const ofFirst = [await ticketOf(COMPUTERS.consistent), await ticketOf(COMPUTERS.toDisable)];
    const oldest = ofFirst.map((env) => openLane(mortise, env));
    const starting = arriving(mortise);
    const lanes: Lane[] = [...oldest];
    const meanwhile = async (): Promise<void> =>
      void (await Promise.all([...lanes.map((lane) => lane.more(BETWEEN.old)), starting.more(BETWEEN.arriving)]));
    const change = async (servicePassword: string): Promise<void> => {
      await mortise.reload({ servicePassword });
      await meanwhile();
      await setPassword(site.lab, dn, servicePassword);
      await meanwhile();
    };
    await meanwhile();
    await change(SECOND);
    const ofSecond = await ticketOf(COMPUTERS.consistent);
    const middle = openLane(mortise, ofSecond);
    lanes.push(middle);
    await meanwhile();
    await change(THIRD);
    for (const lane of [...lanes, starting]) await lane.stop();
    const refused = [...lanes, starting].flatMap(({ answers }) => answers.filter(({ status }) => status !== 200));
    expect(refused, 'a token was not given').toEqual([]);

    const record = await notesOf(mortise);
    const told = (lane: Lane): readonly string[] => changesOf(lane.answers.map(({ requestId }) => record(requestId)));
    for (const lane of oldest)
      expect(told(lane)).toEqual([
        `${version} by password`,
        `${version} by former credential 1`,
        `${version} by former credential 2`,
      ]);
    expect(told(middle)).toEqual([`${version + 1} by password`, `${version + 1} by former credential 1`]);
    expect(told(starting)).toEqual([
      `${version} by password`,
      `${version} by former credential 1`,
      `${version + 1} by password`,
      `${version + 1} by former credential 1`,
      `${version + 2} by password`,
    ]);

    mortise.passTime(RETAINED_MINUTES * MINUTE_MS);
    for (const env of [...ofFirst, ofSecond])
      await expectRefused(mortise, await ask(mortise, { env }), 'kerberos-key-mismatch');
    const env = await ticketOf(COMPUTERS.consistent);
    expect(keyOf(await expectIssued(mortise, await ask(mortise, { env })))).toBe(`${version + 2} by password`);
  });
});

/** `2 by former credential 1` */
function keyOf(activity: Activity): string {
  const { kvno, source } =
    /kvno (?<kvno>\d+), key from (?<source>[^,]+)/.exec(stepOf(activity, 'kerberos') ?? '')?.groups ?? {};
  return `${kvno} by ${source}`;
}

/** By request; what was refused, or has not just one record, says so. */
async function notesOf({ store }: Mortise): Promise<(requestId: string) => string> {
  const byRequest = Map.groupBy(await store.activities.list({ limit: 1_000_000 }), ({ requestId }) => requestId);
  return (requestId) => {
    const [activity, ...more] = byRequest.get(requestId) ?? [];
    if (activity === undefined || more.length > 0) return `${more.length} further records`;
    return activity.outcome === 'issued' ? keyOf(activity) : `${activity.outcome}: ${activity.refusal?.code}`;
  };
}

const changesOf = (all: readonly string[]): readonly string[] => all.filter((one, n) => one !== all[n - 1]);
