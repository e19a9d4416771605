/** A running server forgets a former credential in the minute in which its time is over, though nobody asks anything. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Gateway } from '../../src/model/gateway.ts';
import { watchExpiry } from '../../src/server/expired-credentials.ts';
import { openServiceKeys } from '../../src/server/service-keys.ts';
import { openGround } from './mortise.ts';
import type { Ground } from './mortise.ts';

const MINUTE_MS = 60_000;

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

/** How many credentials are stored, and how many of them are former ones. */
async function stored(): Promise<readonly [number, number]> {
  const all = await ground.store.serviceCredentials.list();
  return [all.length, all.filter(({ replacedAt }) => replacedAt !== undefined).length];
}

function withPassword(serviceAccountPassword: string): Partial<Gateway> {
  const [{ kerberos } = {}] = ground.workspace.configuration.environment.gateways;
  if (kerberos === undefined) throw new Error('the sample has Kerberos');
  return { kerberos: { ...kerberos, serviceAccountPassword, minutesToRetainPreviousCredentials: 10 } };
}

test('it leaves the store while the server runs', async () => {
  let clock = new Date();
  const mortise = await ground.start({ now: () => clock });
  await mortise.reload?.({ gateway: withPassword('Another-Passw0rd') });
  expect(await stored()).toEqual([2, 1]);
  const pass = async (minutes: number): Promise<void> => {
    clock = new Date(clock.getTime() + minutes * MINUTE_MS);
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
  };
  await pass(9.9);
  expect(await stored()).toEqual([2, 1]);
  await pass(0.1);
  // Closing ends what is under way.
  await mortise.close();
  expect(await stored()).toEqual([1, 0]);
  expect(mortise.logged).toContainEqual(
    expect.objectContaining({ forgotten: 1, msg: 'former credentials of service accounts are over and forgotten' }),
  );
});

test('where the store cannot be written the log says so, and it is tried again', async () => {
  const over = {
    id: 'one',
    gatewayId: ground.workspace.configuration.environment.gateways[0]?.id ?? '',
    protectedCredential: new Uint8Array(),
    since: new Date(0),
    replacedAt: new Date(0),
  };
  const errors: string[] = [];
  let tries = 0;
  const expiry = watchExpiry({
    current: () => ({ configuration: ground.workspace.configuration, serviceKeys: openServiceKeys([]) }),
    store: {
      list: async () => [over],
      change: async () => {
        tries += 1;
        throw new Error('the disk is full');
      },
    },
    now: () => new Date(),
    log: { info: () => undefined, error: (_: unknown, text?: string) => void errors.push(text ?? '') },
  });
  await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
  await expiry.close();
  expect(tries).toBe(2);
  expect(errors).toEqual(
    Array<string>(2).fill('former credentials that are over could not be forgotten; it is tried again'),
  );
  await vi.advanceTimersByTimeAsync(5 * MINUTE_MS);
  expect(tries).toBe(2);
});
