/** What must hold once a person is signed in: the local Entra says so, with the claims that Mortise recorded. */
import { expect } from 'vitest';
import type { Activity } from '../../../src/audit/activity.ts';
import type { SignInRecord } from '../../../src/rehearsal/entra/sign-in-log.ts';
import type { RequestRecord } from '../../../src/rehearsal/entra/request-log.ts';
import type { LocalEntra } from '../../../src/rehearsal/entra/local-entra.ts';
import { recordsOf } from '../mortise.ts';
import type { Mortise } from '../mortise.ts';
import type { Person } from './place.ts';
import { arriveAtEntra, titleOf, upn } from './steps.ts';
import type { Who } from './steps.ts';

export interface Verdict {
  readonly signIn: SignInRecord;
  /** Values of the claims that Entra read, by name. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** What Mortise recorded for the request, in order: events, codes of refusals, `issued`. */
  readonly recorded: readonly string[];
  readonly issued: Activity;
}

export const METHODS = {
  password: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
  windows: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows',
  multiple: 'http://schemas.microsoft.com/claims/multipleauthn',
  windowsOrMultiple: 'http://schemas.microsoft.com/claims/wiaormultiauthn',
} as const;

/** The last answer that arrived at login.srf. */
export function lastAnswer(entra: LocalEntra): RequestRecord {
  const answer = entra.requests().findLast(({ method, path }) => method === 'POST' && path === '/login.srf');
  if (answer === undefined) throw new Error('nothing was posted to login.srf');
  return answer;
}

export async function expectSignedIn(
  { entra }: { readonly entra: LocalEntra },
  { page }: Pick<Person, 'page'>,
  mortise: Mortise,
  who: Who,
): Promise<Verdict> {
  await arriveAtEntra(page, entra).catch(async (error: unknown) => {
    throw new Error(`${await titleOf(page)}, at ${page.url()}\n${mortise.log()}`, { cause: error });
  });
  const { refusal, correlationId } = lastAnswer(entra);
  expect(refusal).toBeUndefined();
  expect(await titleOf(page)).toBe(`Signed in to the local Entra as ${upn(who)}`);
  const signIn = entra.signIns().at(-1);
  expect(signIn?.userPrincipalName).toBe(upn(who));
  const records = (await recordsOf(mortise.store, correlationId)).toReversed();
  const issued = records.findLast(({ outcome }) => outcome === 'issued');
  if (signIn === undefined || issued === undefined) throw new Error(`nothing was issued:\n${mortise.log()}`);
  expect(issued.assertion?.id).toBe(signIn.acceptedClaims.assertionId);
  const recorded = records.map(codeOf);
  expect(signIn.acceptedClaims.ignored).toEqual([]);
  return { signIn, claims: byName(signIn.acceptedClaims.claims), recorded, issued };
}

export const codeOf = ({ event, refusal, outcome }: Activity): string => event?.kind ?? refusal?.code ?? outcome;

/** Of everything that Mortise recorded, newest last. */
export async function codesOf({ store }: Mortise): Promise<readonly string[]> {
  return (await store.activities.list({ limit: 1000 })).toReversed().map(codeOf);
}

function byName(claims: SignInRecord['acceptedClaims']['claims']): Verdict['claims'] {
  const names = new Set(claims.map(({ name }) => name));
  return Object.fromEntries(
    [...names].map((name) => [name, claims.filter((claim) => claim.name === name).map(({ value }) => value)]),
  );
}

/** Nothing of these is kept anywhere, nor stands in an address. */
export async function expectSilenceOf(mortise: Mortise, secrets: readonly string[], urls: readonly string[]) {
  const records = JSON.stringify(await mortise.store.activities.list({ limit: 1000 }));
  expect(mortise.log()).not.toBe('');
  for (const secret of secrets) {
    const written = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
    for (const form of written) expect(records + mortise.log() + urls.join(' ')).not.toContain(form);
  }
}
