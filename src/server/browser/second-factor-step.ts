/** The page on which a second factor is used, in one of the ways that the person has at this address. */
import { secondFactorPage } from '../../pages/second-factor-page.ts';
import type { SecondFactorProblem, Way } from '../../pages/views.ts';
import { Refusal } from '../../refusal.ts';
import { attemptIn } from '../../signin/browser/attempt.ts';
import type { HttpReply } from '../http-server.ts';
import { sendPage } from './send-page.ts';
import { displayNameOf, signOutAddress } from './signed-in.ts';
import type { SignedIn } from './signed-in.ts';
import { addressOf, formOf, partyOf, sendRefused } from './visit.ts';

/** Ways to confirm, the one that was used last first. */
async function waysOf(visit: SignedIn): Promise<readonly Way[]> {
  const { service, session } = visit;
  const { secondFactors } = service.dependencies;
  const party = partyOf(visit);
  const { userId } = session.stored;
  const factors = await secondFactors.list(userId);
  const here = factors.filter(({ kind, rpId }) => kind === 'totp' || rpId === party.rpId);
  const byUse = here.toSorted((one, other) => (other.lastUsedAt?.getTime() ?? 0) - (one.lastUsedAt?.getTime() ?? 0));
  const left = await secondFactors.recoveryCodesLeft(userId);
  return [...new Set(byUse.map(({ kind }) => kind)), ...(left > 0 ? (['recovery'] as const) : [])];
}

export async function showSecondFactor(visit: SignedIn, problem?: SecondFactorProblem): Promise<HttpReply> {
  const ways = await waysOf(visit);
  const chosen = ways.find((way) => way === visit.show) ?? ways[0];
  if (chosen === undefined) return refuseMissing(visit);
  const asked = chosen === 'passkey' ? await askForPasskey(visit) : {};
  const view = {
    ...formOf(visit),
    action: addressOf(visit, chosen),
    userName: await displayNameOf(visit),
    chosen,
    others: ways.filter((way) => way !== chosen).map((kind) => ({ kind, href: addressOf(visit, kind) })),
    ...asked,
    ...(problem !== undefined && { problem }),
    signOutHref: signOutAddress(visit),
  };
  return sendPage(visit.reply, 200, secondFactorPage(visit.page, view));
}

async function askForPasskey(visit: SignedIn): Promise<{ readonly passkeyOptions?: object }> {
  const { service, session } = visit;
  const asked = await service.dependencies.secondFactors.passkeyOptions(session.stored.userId, partyOf(visit));
  if (asked === undefined) return {};
  // Shown in several tabs, any of them may be answered; the challenge is good for one answer all the same.
  const { passkey: challenge = asked.challenge } = session.memory.ceremonies;
  session.memory.ceremonies = { ...session.memory.ceremonies, passkey: challenge };
  return { passkeyOptions: { ...asked.options, challenge } };
}

/** Passkeys of another host are all there is. */
async function refuseMissing(visit: SignedIn): Promise<HttpReply> {
  const { session, attempt, service } = visit;
  const refused = await attemptIn(session, attempt, service.dependencies, async () => {
    throw new Refusal('second-factor-missing', { detail: `none that works at ${partyOf(visit).rpId}` });
  });
  if (!('refusal' in refused)) throw new Error('refused');
  return sendRefused(visit, refused, undefined, signOutAddress(visit));
}
