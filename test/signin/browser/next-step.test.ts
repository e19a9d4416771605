/** What a browser is shown next: over all situations, nothing is answered that was not proved. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayEnrol, nextStep, NO_DEMANDS, secondFactorOf } from '../../../src/signin/browser/next-step.ts';
import type { Demands, Situation } from '../../../src/signin/browser/next-step.ts';

const NOW = new Date('2026-03-04T12:00:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const ASKED = 'wa=wsignin1.0&wctx=1';
const OTHER = 'wa=wsignin1.0&wctx=2';
const TEN_MINUTES = 600;

type SituationSession = NonNullable<Situation['session']>;

interface Given extends Partial<Omit<Situation, 'session' | 'demands' | 'enrolled'>> {
  readonly session?: Partial<SituationSession> | undefined;
  readonly demands?: Partial<Demands>;
  readonly enrolled?: boolean;
}

/** Signed in by password a minute ago, outside, with a second factor at hand that was not used. */
function situation({ session = {}, demands, enrolled = true, ...given }: Given = {}): Situation {
  const memory = { mayEnrol: false, ...session.memory };
  return {
    session: { method: 'password', authenticatedAt: ago(60), secondFactorAt: undefined, ...session, memory },
    demands: { ...NO_DEMANDS, ...demands },
    asked: ASKED,
    policy: 'whenAsked',
    insideCorporateNetwork: false,
    enrolled: async () => enrolled,
    now: NOW,
    ...given,
  };
}

const proved = (seconds: number, asked = ASKED) => ({ asked, at: ago(seconds).getTime() });
const stranger = (given: Given = {}): Situation => ({ ...situation(given), session: undefined });

// --- all situations ----------------------------------------------------------------------------------------------

const age = fc.oneof(fc.constantFrom(0, 1, 59, 60, 61, 599, 600, 601, 3600), fc.integer({ min: -10, max: 200_000 }));
const provedFor = fc.option(
  fc.record({ asked: fc.constantFrom(ASKED, OTHER), at: age.map((seconds) => ago(seconds).getTime()) }),
  { nil: undefined },
);

const session: fc.Arbitrary<Situation['session']> = fc.option(
  fc.record({
    method: fc.constantFrom('password', 'kerberos'),
    authenticatedAt: age.map(ago),
    secondFactorAt: fc.option(age.map(ago), { nil: undefined }),
    memory: fc.record({ signInProvedFor: provedFor, secondFactorProvedFor: provedFor, mayEnrol: fc.boolean() }),
  }),
  { nil: undefined },
);

const demands: fc.Arbitrary<Demands> = fc.record({
  reauthenticate: fc.boolean(),
  freshMinutes: fc.option(fc.constantFrom(1, 10, 60), { nil: undefined }),
  passwordAsked: fc.boolean(),
  windowsAsked: fc.boolean(),
  secondFactorAsked: fc.boolean(),
  windowsOrSecondFactorAsked: fc.boolean(),
  secondFactorMaxAgeSeconds: fc.option(fc.constantFrom(0, 60, 259_200), { nil: undefined }),
});

const situations: fc.Arbitrary<Situation> = fc.record({
  session,
  demands,
  asked: fc.constant(ASKED),
  policy: fc.constantFrom('never', 'whenAsked', 'always', 'outsideCorporateNetworks'),
  insideCorporateNetwork: fc.boolean(),
  enrolled: fc.boolean().map((value) => async () => value),
  now: fc.constant(NOW),
});

const holds = (property: (given: Situation, step: Awaited<ReturnType<typeof nextStep>>) => void | Promise<void>) =>
  fc.assert(
    fc.asyncProperty(situations, async (given) => property(given, await nextStep(given))),
    { numRuns: 2_000 },
  );

/** Written anew, from the words of the settings, and not from the code. */
const isDue = ({ session: own, demands: wanted, policy, insideCorporateNetwork }: Situation): boolean => {
  const byEntra =
    wanted.secondFactorAsked || (wanted.windowsOrSecondFactorAsked && own !== undefined && own.method === 'password');
  const due = {
    never: false,
    whenAsked: byEntra,
    always: true,
    outsideCorporateNetworks: byEntra || !insideCorporateNetwork,
  };
  return due[policy];
};

const secondsSince = (date: Date): number => (NOW.getTime() - date.getTime()) / 1000;
const isFor = (one: { readonly asked: string; readonly at: number } | undefined): boolean =>
  one !== undefined && one.asked === ASKED && (NOW.getTime() - one.at) / 1000 < TEN_MINUTES;

describe('over all situations', () => {
  test('nobody is answered without a session', () =>
    holds(({ session: own }, step) => {
      if (own === undefined) expect(step).toBe('sign-in');
    }));

  test('nobody is answered where a second factor is due and none was used that is young enough', () =>
    holds((given, step) => {
      if (step !== 'answer' || !isDue(given)) return;
      const { session: own, demands: wanted } = given;
      expect(own?.secondFactorAt).toBeDefined();
      const seconds = secondsSince(own?.secondFactorAt ?? new Date(0));
      const young = seconds <= (wanted.secondFactorMaxAgeSeconds ?? Infinity);
      expect(young || (seconds <= 60 && isFor(own?.memory.secondFactorProvedFor))).toBe(true);
    }));

  test('nobody is answered whom the request wants to sign in anew, unless he did so for this request', () =>
    holds(({ session: own, demands: wanted }, step) => {
      if (step !== 'answer') return;
      if (wanted.reauthenticate) expect(isFor(own?.memory.signInProvedFor)).toBe(true);
      const minutes = secondsSince(own?.authenticatedAt ?? new Date(0)) / 60;
      const fresh = minutes <= (wanted.freshMinutes ?? Infinity) || isFor(own?.memory.signInProvedFor);
      expect(fresh).toBe(true);
      if (wanted.passwordAsked && !wanted.windowsAsked) expect(own?.method).toBe('password');
    }));

  test('a second factor is asked for only where one is due, and set up only where there is none', () =>
    holds(async (given, step) => {
      if (step !== 'second-factor' && step !== 'enrolment') return;
      expect(isDue(given)).toBe(true);
      expect(step).toBe((await given.enrolled()) ? 'second-factor' : 'enrolment');
    }));

  test('whether there is a second factor is asked only where one is due', () =>
    fc.assert(
      fc.asyncProperty(situations, async (given) => {
        let asked = false;
        const step = await nextStep({
          ...given,
          enrolled: async () => {
            asked = true;
            return true;
          },
        });
        expect(asked).toBe(step === 'second-factor');
      }),
    ));

  test('what is told of a second factor is what was used in the session, or nothing', () =>
    holds((given) => {
      const told = secondFactorOf(given);
      if (told === undefined) return;
      expect(told).toBe(given.session?.secondFactorAt);
      const young = secondsSince(told) <= (given.demands.secondFactorMaxAgeSeconds ?? Infinity);
      expect(young || isFor(given.session?.memory.secondFactorProvedFor)).toBe(true);
    }));

  test('whoever did all that was asked is answered', () =>
    fc.assert(
      fc.asyncProperty(situations, async (given) => {
        const memory = { signInProvedFor: proved(5), secondFactorProvedFor: proved(2), mayEnrol: false };
        const done = { method: 'password', authenticatedAt: ago(5), secondFactorAt: ago(2), memory } as const;
        expect(await nextStep({ ...given, session: done })).toBe('answer');
      }),
    ));

  test('a first second factor needs the network or a code, and a session', () =>
    holds((given) => {
      const allowed = mayEnrol(given);
      expect(allowed).toBe(
        given.session !== undefined && (given.insideCorporateNetwork || given.session.memory.mayEnrol),
      );
    }));
});

// --- one by one --------------------------------------------------------------------------------------------------

describe('the policy of the second factor', () => {
  const asked = { secondFactorAsked: true };
  const either = { windowsOrSecondFactorAsked: true };
  test.each([
    ['never', 'nothing', {}, 'answer', 'answer'],
    ['never', 'one', asked, 'answer', 'answer'],
    ['never', 'either', either, 'answer', 'answer'],
    ['whenAsked', 'nothing', {}, 'answer', 'answer'],
    ['whenAsked', 'one', asked, 'second-factor', 'second-factor'],
    ['whenAsked', 'either', either, 'second-factor', 'second-factor'],
    ['always', 'nothing', {}, 'second-factor', 'second-factor'],
    ['always', 'one', asked, 'second-factor', 'second-factor'],
    ['outsideCorporateNetworks', 'nothing', {}, 'second-factor', 'answer'],
    ['outsideCorporateNetworks', 'one', asked, 'second-factor', 'second-factor'],
    ['outsideCorporateNetworks', 'either', either, 'second-factor', 'second-factor'],
  ] as const)('%s, and Entra asks for %s', async (policy, _, wanted, outside, inside) => {
    expect(await nextStep(situation({ policy, demands: wanted }))).toBe(outside);
    expect(await nextStep(situation({ policy, demands: wanted, insideCorporateNetwork: true }))).toBe(inside);
  });

  test.each(['whenAsked', 'outsideCorporateNetworks'] as const)(
    'Kerberos is as good as a second factor where either was asked for (%s, inside)',
    async (policy) => {
      const kerberos = { method: 'kerberos' } as const;
      const given = { policy, insideCorporateNetwork: true, session: kerberos };
      expect(await nextStep(situation({ ...given, demands: either }))).toBe('answer');
      expect(await nextStep(situation({ ...given, demands: { ...either, ...asked } }))).toBe('second-factor');
    },
  );

  test('without one it is set up', async () => {
    expect(await nextStep(situation({ policy: 'always', enrolled: false }))).toBe('enrolment');
  });
});

describe('mfa_max_age', () => {
  const due = (seconds: number | undefined, used: number) =>
    situation({
      demands: { secondFactorAsked: true, secondFactorMaxAgeSeconds: seconds },
      session: { secondFactorAt: ago(used) },
    });
  test.each([
    ['none', undefined, 1_000_000, 'answer'],
    ['as old as may be', 259_200, 259_200, 'answer'],
    ['a second older', 259_200, 259_201, 'second-factor'],
    ['nothing is young enough', 0, 1, 'second-factor'],
    ['used this very moment', 0, 0, 'answer'],
  ] as const)('%s', async (_, seconds, used, step) => {
    expect(await nextStep(due(seconds, used))).toBe(step);
  });

  test('of nothing, one that was used for this request counts for the way to its answer', async () => {
    const given = (seconds: number, asked = ASKED) => ({
      ...due(0, seconds),
      session: {
        ...situation().session!,
        secondFactorAt: ago(seconds),
        memory: { mayEnrol: false, secondFactorProvedFor: proved(seconds, asked) },
      },
    });
    expect(await nextStep(given(60))).toBe('answer');
    expect(secondFactorOf(given(60))).toEqual(ago(60));
    expect(await nextStep(given(61))).toBe('second-factor');
    expect(secondFactorOf(given(61))).toBeUndefined();
    expect(await nextStep(given(5, OTHER))).toBe('second-factor');
  });

  test('one that is too old is not told of either, though none is demanded', () => {
    const given = situation({ demands: { secondFactorMaxAgeSeconds: 60 }, session: { secondFactorAt: ago(61) } });
    expect(secondFactorOf(given)).toBeUndefined();
  });
});

describe('signing in anew', () => {
  const anew = { reauthenticate: true };
  const after = (one: ReturnType<typeof proved> | undefined) =>
    situation({ demands: anew, session: { memory: { mayEnrol: false, signInProvedFor: one } } });

  test('counts once for the request that it was done for', async () => {
    expect(await nextStep(situation({ demands: anew }))).toBe('sign-in');
    expect(await nextStep(after(proved(30)))).toBe('answer');
    // The endpoint takes the proof away with the answer.
    expect(await nextStep(after(undefined))).toBe('sign-in');
  });

  test('does not count for another request, nor after ten minutes', async () => {
    expect(await nextStep(after(proved(30, OTHER)))).toBe('sign-in');
    expect(await nextStep(after(proved(TEN_MINUTES - 1)))).toBe('answer');
    expect(await nextStep(after(proved(TEN_MINUTES)))).toBe('sign-in');
  });

  test.each([
    [60, 'answer'],
    [59, 'sign-in'],
  ] as const)('wfresh of %i minutes, after an hour', async (freshMinutes, step) => {
    const given = situation({ demands: { freshMinutes }, session: { authenticatedAt: ago(3600) } });
    expect(await nextStep(given)).toBe(step);
  });

  test('a ticket is no password, though it is fresh', async () => {
    const memory = { mayEnrol: false, signInProvedFor: proved(5) };
    const given = situation({ demands: { passwordAsked: true }, session: { method: 'kerberos', memory } });
    expect(await nextStep(given)).toBe('sign-in');
    expect(await nextStep(situation({ demands: { passwordAsked: true } }))).toBe('answer');
    // Where both are named, either does.
    const either = { passwordAsked: true, windowsAsked: true };
    expect(await nextStep(situation({ demands: either, session: { method: 'kerberos', memory } }))).toBe('answer');
  });

  test('comes before the second factor', async () => {
    expect(await nextStep(situation({ policy: 'always', demands: anew }))).toBe('sign-in');
  });
});

describe('setting up a first second factor', () => {
  test.each([
    ['outside', false, false, false],
    ['outside, with an administrator’s code', false, true, true],
    ['inside', true, false, true],
  ] as const)('%s', (_, insideCorporateNetwork, code, allowed) => {
    expect(mayEnrol(situation({ insideCorporateNetwork, session: { memory: { mayEnrol: code } } }))).toBe(allowed);
  });

  test('not without a session, even inside', () => {
    expect(mayEnrol(stranger({ insideCorporateNetwork: true }))).toBe(false);
  });
});
