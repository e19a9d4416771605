/** What Entra sends is read as it means it, a context comes back byte for byte, and nothing but a refusal is thrown. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/refusal.ts';
import { parsePassiveRequest } from '../../src/wsfed/passive-request.ts';
import type { PassiveRequest, SignInRequest } from '../../src/wsfed/passive-request.ts';
import { anyText } from '../saml/arbitrary-assertion.ts';
import { refusalOf } from '../refusal-of.ts';
import { readable, refused } from './vectors.ts';

const REALM = 'wtrealm=urn%3afederation%3aMicrosoftOnline';

/** A sign-in that asks for nothing special. */
const PLAIN: SignInRequest = {
  kind: 'sign-in',
  wtrealm: 'urn:federation:MicrosoftOnline',
  wctx: undefined,
  wreply: undefined,
  reauthenticate: false,
  freshMinutes: undefined,
  passwordAsked: false,
  windowsAsked: false,
  secondFactorAsked: false,
  windowsOrSecondFactorAsked: false,
  secondFactorMaxAgeSeconds: undefined,
  userName: undefined,
  language: undefined,
  requestId: undefined,
  staysSignedIn: false,
};

function signIn(query: string): SignInRequest {
  const request = parsePassiveRequest(query);
  if (request.kind !== 'sign-in') throw new Error(`a ${request.kind}`);
  return request;
}

/** The request, or undefined where it is refused; anything else that is thrown fails the test. */
function attempt(query: string): PassiveRequest | undefined {
  try {
    return parsePassiveRequest(query);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

describe('what Entra sends', () => {
  test.each(readable('entra'))('$name', ({ query, expected }) => {
    expect(signIn(query)).toEqual({ ...PLAIN, ...expected });
  });

  test('each parameter may stand in any order', () => {
    for (const { query, expected } of readable('entra')) {
      expect(signIn(query.split('&').reverse().join('&'))).toEqual({ ...PLAIN, ...expected });
    }
  });
});

describe('what is tolerated', () => {
  test.each(readable('tolerated'))('$name', ({ query, expected }) => {
    const wctx = 'estsredirect=2';
    expect(signIn(query)).toEqual({ ...PLAIN, wctx, ...expected });
  });
});

describe('what is refused', () => {
  test.each(refused())('$name', ({ query, code }) => {
    expect(refusalOf(() => parsePassiveRequest(query)).code).toBe(code);
  });

  test('no fact of a refusal is longer than a record may hold', () => {
    const long = `wa=${'%3c'.repeat(5_000)}`;
    const { facts } = refusalOf(() => parsePassiveRequest(long));
    expect(facts.actual?.length).toBeLessThanOrEqual(201);
  });

  test('what the person typed, and the context, stand in no fact', () => {
    const secret = 'hunter2';
    for (const query of [
      `wa=wsignin1.0&${REALM}&username=${secret}%ff`,
      `wa=wsignin1.0&${REALM}&wctx=${secret}%0a`,
      `wa=wsignin1.0&${REALM}&wctx=${secret}%ff`,
    ]) {
      expect(JSON.stringify(refusalOf(() => parsePassiveRequest(query)).facts)).not.toContain(secret);
    }
  });
});

describe('what is no sign-in', () => {
  test.each([
    ['nothing', ''],
    ['no action', REALM],
    ['an empty action', `wa=&${REALM}`],
    ['an action without a value', 'wa'],
    ['a link of a portal', 'RedirectToIdentityProvider=AD%20AUTHORITY'],
    ['a context that could not be returned, and no action', 'wctx=%ff'],
  ])('%s: somebody opened the page', (_what, query) => {
    expect(parsePassiveRequest(query)).toEqual({ kind: 'none' });
  });

  test.each([
    ['wsignout1.0', 'sign-out'],
    ['wsignoutcleanup1.0', 'sign-out-cleanup'],
  ] as const)('%s: needs no realm and no context', (wa, kind) => {
    expect(parsePassiveRequest(`wa=${wa}`)).toEqual({ kind, wreply: undefined, requestId: undefined });
    expect(
      parsePassiveRequest(`wa=${wa}&wreply=https%3a%2f%2fwww.example.test%2f&wctx=%ff&client-request-id=a-1`),
    ).toEqual({ kind, wreply: 'https://www.example.test/', requestId: 'a-1' });
  });
});

describe('every truncation', () => {
  test.each(readable('entra'))(
    'of $name is read or refused, and never as more than was asked',
    ({ query, expected }) => {
      for (let length = 0; length < query.length; length += 1) {
        const request = attempt(query.slice(0, length));
        if (request?.kind !== 'sign-in') continue;
        expect('urn:federation:MicrosoftOnline'.startsWith(request.wtrealm)).toBe(true);
        expect(expected.wctx?.startsWith(request.wctx ?? '')).toBe(true);
        expect(request.secondFactorAsked && expected.secondFactorAsked !== true).toBe(false);
      }
    },
  );
});

/** One percent-encoding of many: which characters are escaped, and in which case, is the writer's to choose. */
function encodingOf(text: string, choices: readonly number[]): string {
  const bytes = [...Buffer.from(text)];
  return bytes
    .map((byte, index) => {
      const choice = choices[index % Math.max(choices.length, 1)] ?? 0;
      const character = String.fromCharCode(byte);
      if (character === ' ' && choice % 2 === 0) return '+';
      if (/[\w.~!*'():@/?=-]/.test(character) && choice % 3 !== 0) return character;
      const hex = byte.toString(16).padStart(2, '0');
      return `%${choice % 2 === 0 ? hex.toUpperCase() : hex}`;
    })
    .join('');
}

/** What has no control character and is well-formed. */
const printable = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => !/\p{Cc}/u.test(text));
const choices = fc.array(fc.nat({ max: 5 }), { maxLength: 7 });

describe('a context', () => {
  test('comes back byte for byte, however it was encoded', () => {
    fc.assert(
      fc.property(printable, choices, (wctx, how) => {
        expect(signIn(`wa=wsignin1.0&wctx=${encodingOf(wctx, how)}&${REALM}`).wctx).toBe(wctx);
        expect(signIn(`wa=wsignin1.0&wctx=${encodeURIComponent(wctx)}&${REALM}`).wctx).toBe(wctx);
        expect(signIn(`${new URLSearchParams({ wa: 'wsignin1.0', wctx }).toString()}&${REALM}`).wctx).toBe(wctx);
      }),
      { numRuns: 500 },
    );
  });

  test('of any text at all comes back byte for byte or not at all', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const wctx = text.toWellFormed();
        const request = attempt(`wa=wsignin1.0&wctx=${encodeURIComponent(wctx)}&${REALM}`);
        if (/\p{Cc}/u.test(wctx)) expect(request).toBeUndefined();
        else expect(request).toMatchObject({ wctx });
      }),
      { numRuns: 500 },
    );
  });

  test('is never taken from two', () => {
    fc.assert(
      fc.property(printable, printable, (one, other) => {
        const query = `wa=wsignin1.0&wctx=${encodeURIComponent(one)}&${REALM}&wctx=${encodeURIComponent(other)}`;
        expect(refusalOf(() => parsePassiveRequest(query)).code).toBe('wsfed-request-malformed');
      }),
    );
  });
});

describe('whatever comes', () => {
  const names = 'wa wtrealm wctx wreply wfresh wauth prompt mfa_max_age resource_params login_hint username mkt lc'
    .split(' ')
    .concat('client-request-id', '%77a', '', '__proto__');
  const part = fc.oneof(
    anyText,
    anyText.map((text) => encodeURIComponent(text.toWellFormed())),
    fc.constantFrom('wsignin1.0', 'wsignout1.0', 'wsignoutcleanup1.0', '%', '%f', '%ff', '+', 'urn:x', '0', '9'),
  );
  const pair = fc.tuple(fc.oneof(fc.constantFrom(...names), anyText), part).map((both) => both.join('='));

  test('is read or refused', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 12 }), (pairs) => {
        attempt(pairs.join('&'));
        attempt(['wa=wsignin1.0', REALM, ...pairs].join('&'));
      }),
      { numRuns: 2_000 },
    );
  });

  test('what is read has no control character, and stays within its bounds', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 12 }), (pairs) => {
        const request = attempt(['wa=wsignin1.0', REALM, ...pairs].join('&'));
        if (request === undefined) return;
        const texts = Object.values(request).filter((value) => typeof value === 'string');
        for (const text of texts) expect(text).toMatch(/^\P{Cc}*$/u);
        const counts = Object.values(request).filter((value) => typeof value === 'number');
        for (const count of counts) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
