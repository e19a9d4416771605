/**
 * kill -9 in the moment in which the answer to a ticket has arrived, again and again under load: whoever has that ticket's
 * token on tape is refused as a replay by the server that is started then. MORTISE_KILLS says how often; without it as often
 * as twenty seconds allow.
 */
import { expect, test } from 'vitest';
import { faultCode } from './answers.ts';
import { openClient } from './client.ts';
import { askUntilKilled, startKillable } from './killable-server.ts';
import type { KillableServer } from './killable-server.ts';
import { openGround } from './mortise.ts';
import type { Ground } from './mortise.ts';

const ASKED = process.env['MORTISE_KILLS'];
const MOST_KILLS = ASKED === undefined ? 20 : Number(ASKED);
const LONG_ENOUGH_MS = ASKED === undefined ? 20_000 : Number.POSITIVE_INFINITY;
/** Another number of answers each time, and so another moment. */
const enough = (kill: number): number => 1 + ((kill * 7) % 40);

/** The tokens that were answered with an assertion before the server was dead, the last one in the same instant. */
async function takenUntilKilled(ground: Ground, server: KillableServer, wanted: number): Promise<readonly string[]> {
  const taken: string[] = [];
  await askUntilKilled(ground, server, (authorization) => {
    taken.push(authorization);
    return { isEnough: taken.length === wanted };
  });
  return taken;
}

/** How the server answers each of them: `200`, or the code of the refusal. */
async function presentAgain({ mortise }: KillableServer, tokens: readonly string[]): Promise<readonly string[]> {
  const client = openClient(mortise);
  try {
    const answers: string[] = [];
    for (const token of tokens) {
      const answer = await client.ask(token);
      answers.push(answer.status === 401 ? faultCode(answer) : `HTTP ${answer.status}`);
    }
    return answers;
  } finally {
    client.close();
  }
}

test('a ticket that was answered is a replay after kill -9 in that instant', { timeout: 100_000_000 }, async () => {
  const ground = await openGround();
  await ground.store.close();
  const start = performance.now();
  let kills = 0;
  let presented = 0;
  let server = await startKillable(ground);
  try {
    while (kills < MOST_KILLS && performance.now() - start < LONG_ENOUGH_MS) {
      const taken = await takenUntilKilled(ground, server, enough(kills));
      kills += 1;
      server = await startKillable(ground);
      const answers = await presentAgain(server, taken);
      expect(answers, `after kill ${kills}, of ${taken.length} tokens`).toEqual(taken.map(() => 'kerberos-replay'));
      presented += taken.length;
    }
  } finally {
    server.kill();
    await server.dead;
    await ground.close();
  }
  expect(presented).toBeGreaterThanOrEqual(kills);
  if (ASKED !== undefined) console.log(`${kills} kills, ${presented} tokens presented again`);
});
