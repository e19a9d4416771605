/** The same tickets again and again, on many connections at once: each gets one token, and one record says so. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultCode, recordReader } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import { openGround } from './mortise.ts';
import type { Ground } from './mortise.ts';

const CONNECTIONS = 24;
const TICKETS = 20;

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

test('20 tickets on 24 connections at once, with the clients’ own second tries', { timeout: 240_000 }, async () => {
  const mortise = await ground.start();
  const records = recordReader(ground.store);
  const tickets = Array.from({ length: TICKETS }, () => negotiate(ground.mint({ mutual: false })));
  const clients = Array.from({ length: CONNECTIONS }, () => openClient(mortise));
  const issued = tickets.map(() => 0);
  try {
    for (const [n, ticket] of tickets.entries()) {
      // On every connection, and twice on each: half of them wait behind a first one.
      const answers = await Promise.all([...clients, ...clients].map((client) => client.ask(ticket)));
      for (const answer of answers) {
        if (answer.status === 200) issued[n]! += 1;
        else expect([answer.status, faultCode(answer)]).toEqual([401, 'kerberos-replay']);
      }
    }
  } finally {
    for (const client of clients) client.close();
  }
  expect(issued).toEqual(tickets.map(() => 1));
  const outcomes = (await records()).map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === 'issued')).toHaveLength(TICKETS);
  expect(outcomes).toHaveLength(TICKETS * CONNECTIONS * 2);
});
