/**
 * When a KDC is asked again for a salt: when a ticket comes that none of our keys opens. AD makes the account's keys anew
 * with its present name when its password is set, and a controller that was down at the start may answer now.
 *
 * Whoever may reach windowstransport can send tickets that open with nothing, and nothing protects the version that they
 * name. So all that come at once wait for one question, each gateway asks once a minute at most, and for ten minutes not again
 * for tickets of a kind that an answer did not help; the tickets between are refused at once, as without this setting.
 * Owns: this bound. Does not own: the question (kdc-salts.ts), what becomes of the answer (service-keys.ts).
 */
import type { UnopenedTicket } from '../kerberos/unopened-ticket.ts';

const ASKED_EVERY_MS = 60_000;
const SAME_KIND_EVERY_MS = 600_000;

interface Asked {
  readonly at: number;
  /** By encryption type and version, when: no more than one for each question of the last ten minutes. */
  readonly kinds: ReadonlyMap<string, number>;
  readonly pending: Promise<boolean | undefined> | undefined;
}

const NEVER: Asked = { at: Number.NEGATIVE_INFINITY, kinds: new Map(), pending: undefined };

/**
 * @param ask whether there are other keys of the gateway now; undefined when no controller answered. Must not reject
 * @param clock milliseconds, monotonic
 */
export function saltQuestions(
  ask: (gatewayId: string) => Promise<boolean | undefined>,
  clock: () => number,
): (ticket: UnopenedTicket) => Promise<boolean> {
  const asked = new Map<string, Asked>();

  const question = async (gatewayId: string, kind: string): Promise<boolean | undefined> => {
    const now = clock();
    const { at, kinds: all, pending: under } = asked.get(gatewayId) ?? NEVER;
    if (under !== undefined) return under;
    const kinds = new Map([...all].filter(([, when]) => now - when < SAME_KIND_EVERY_MS));
    if (now - at < ASKED_EVERY_MS || kinds.has(kind)) return false;
    kinds.set(kind, now);
    const pending = ask(gatewayId);
    asked.set(gatewayId, { at: now, kinds, pending });
    const helps = await pending;
    // Silence says nothing about the ticket: the next one asks again, in a minute.
    if (helps === undefined) kinds.delete(kind);
    asked.set(gatewayId, { at: now, kinds, pending: undefined });
    return helps;
  };

  return async ({ gatewayIds, encryptionType, kvno }) => {
    const kind = `${encryptionType}/${kvno ?? 'none'}`;
    const answers = await Promise.all(gatewayIds.map((id) => question(id, kind)));
    return answers.includes(true);
  };
}
