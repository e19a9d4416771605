/** A wctx is good for one answer, for half an hour, and what became of an altered one is named. */
import { expect, test } from 'vitest';
import { SignInRefusal } from '../../../src/rehearsal/entra/sign-in-checks.ts';
import { createSignInRequests } from '../../../src/rehearsal/entra/sign-in-requests.ts';
import { NOW } from './assertion-fixture.ts';
import { REQUEST } from './sign-in-fixture.ts';

const later = (ms: number): Date => new Date(NOW.getTime() + ms);

function found(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof SignInRefusal)) throw error;
    expect(error).toMatchObject({ check: 'DBL-WSF-01', code: 90081 });
    return error.found;
  }
  throw new Error('it was taken');
}

test('has the form of Entra’s own', () => {
  const wctx = createSignInRequests().open(REQUEST);
  const [, state = '', pad = ''] = /^estsredirect=2&estsrequest=([A-Za-z0-9_-]{200,1500})([0-2])$/.exec(wctx) ?? [];
  expect(state.length % 4).toBe((4 - Number(pad)) % 4);
});

test('with "keep me signed in" has LoginOptions in front', () => {
  expect(createSignInRequests().open({ ...REQUEST, keepSignedIn: true })).toMatch(/^LoginOptions=3&estsredirect=2&/);
});

test('is good once', () => {
  const requests = createSignInRequests();
  const wctx = requests.open(REQUEST);
  expect(requests.close(wctx, later(1_800_000))).toBe(REQUEST);
  expect(found(() => requests.close(wctx, NOW))).toContain('answered before');
});

test('is good for half an hour', () => {
  const requests = createSignInRequests();
  const wctx = requests.open(REQUEST);
  expect(found(() => requests.close(wctx, later(1_800_001)))).toContain('more than 30 min ago');
});

test('the oldest go when there are too many', () => {
  const requests = createSignInRequests();
  const first = requests.open(REQUEST);
  for (let index = 0; index < 1000; index += 1) requests.open(REQUEST);
  expect(found(() => requests.close(first, NOW))).toBe('wctx is of no request that was sent');
});

test.each([
  ['cut at the first &', (wctx: string) => wctx.split('&')[0] ?? '', 'wctx is a part of the one that was sent, 14 of '],
  ['without its options', (wctx: string) => wctx.replace('LoginOptions=3&', ''), 'wctx is a part'],
  ['with more', (wctx: string) => `${wctx}&x=1`, 'wctx holds the one that was sent, and more'],
  ['escaped twice', encodeURIComponent, 'percent-encoded once more'],
  ['escaped for HTML twice', (wctx: string) => wctx.replaceAll('&', '&amp;'), 'escaped for HTML once more'],
  ['in another case', (wctx: string) => wctx.toLowerCase(), 'wctx is of no request that was sent'],
  ['with another byte', (wctx: string) => `${wctx.slice(0, -5)}~${wctx.slice(-4)}`, 'in its character '],
  ['of nobody', () => 'estsredirect=2&estsrequest=rQIIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1', 'of no request'],
  ['with a broken escape', () => '%zz', 'of no request'],
])('%s', (_, alter, message) => {
  const requests = createSignInRequests();
  const wctx = requests.open({ ...REQUEST, keepSignedIn: true });
  requests.open(REQUEST);
  expect(found(() => requests.close(alter(wctx), NOW))).toContain(message);
});
