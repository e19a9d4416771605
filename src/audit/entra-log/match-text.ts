/** What `mortise log match` prints: first what must alarm, then what could not be judged, then what was left aside. */
import { LOG_WIDTH } from '../log-text.ts';
import { printable, wrapped } from '../terminal-text.ts';
import type { Matching, Unjudged } from './match.ts';
import type { EntraSignIn } from './sign-in.ts';

const SHOWN = 100;

const WHY: Readonly<Record<Unjudged, string>> = {
  'no-time': 'its time cannot be read: export it again as JSON, or as CSV with times of ISO 8601',
  nobody: 'it names neither a person nor a device',
  'before-the-record': 'it is from before the oldest record that is kept',
  'after-the-record': 'it is from after the newest record of this copy',
  'maybe-not-federated':
    'no token of this time is in the record, and the log does not say whether one was presented (`incomingTokenType`)',
};

const NEXT_STEP =
  'Whoever holds a signing key can do this. Unless a person or another server of yours explains it: revoke the sessions in Entra, make a new key (`mortise keys create`), register its certificate alone in Entra, and find out who had the old one. First see whether the record is whole: `mortise log verify`.';

export function matchingLines({ issued, neverIssued, unjudged, setAside }: Matching): readonly string[] {
  const judged = issued.length + neverIssued.length;
  const aside = [
    `${setAside.failed} failed`,
    `${setAside['not-federated']} without a federated token`,
    `${setAside['another-domain']} of other domains`,
  ];
  return [
    ...(neverIssued.length === 0 ? [] : [`NEVER ISSUED BY MORTISE: ${neverIssued.length}`]),
    ...shown(neverIssued.map((signIn) => line(signIn))),
    ...(neverIssued.length === 0 ? [] : wrapped(NEXT_STEP, '', LOG_WIDTH)),
    ...(unjudged.length === 0 ? [] : [`Cannot be judged: ${unjudged.length}`]),
    ...shown(unjudged.map(({ signIn, why }) => `${line(signIn)}: ${WHY[why]}`)),
    `${judged} ${judged === 1 ? 'sign-in with a federated token was' : 'sign-ins with a federated token were'} judged; Mortise issued the token of ${issued.length}.`,
    `Left aside: ${aside.join(', ')}.`,
  ];
}

function shown(lines: readonly string[]): readonly string[] {
  const first = lines.slice(0, SHOWN).flatMap((text) => wrapped(text, '  ', LOG_WIDTH));
  return lines.length > SHOWN ? [...first, `  … and ${lines.length - SHOWN} more.`] : first;
}

function line({ at, user, device, address, application, id }: EntraSignIn): string {
  const parts = [
    at?.toISOString() ?? 'no time',
    user ?? device.name ?? device.id ?? 'nobody',
    address === undefined ? undefined : `from ${address}`,
    application === undefined ? undefined : `to ${application}`,
    id === undefined ? undefined : `(${id})`,
  ];
  return printable(parts.filter((part) => part !== undefined).join(' '));
}
