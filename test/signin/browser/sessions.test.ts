/** Sessions: what is kept of a cookie, when a new one is made, and that one that ended stays ended. */
import { createHash, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSessions } from '../../../src/signin/browser/sessions.ts';
import type { Opening, Sessions } from '../../../src/signin/browser/sessions.ts';
import type { Store, StoredSession } from '../../../src/store/store.ts';
import { JONAS, NORA, openPeople } from '../second-factor/people.ts';

const NOW = new Date('2026-03-04T12:00:00Z');
const later = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
const ASKED = 'wa=wsignin1.0';

const OPENING: Opening = {
  userId: NORA,
  gatewayId: 'gateway',
  userTypeId: 'people',
  objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261301',
  method: 'password',
  authenticatedAt: NOW,
  passwordSet: '133854048000000000',
  secondFactorAt: undefined,
  persistent: false,
  expiresAt: later(480),
};

let store: Store;
let sessions: Sessions;

beforeEach(async () => {
  ({ store } = await openPeople());
  sessions = openSessions({ store: store.sessions, randomBytes });
});
afterEach(() => store.close());

/** Another process over the same store, or this one after a restart. */
const reopened = (): Sessions => openSessions({ store: store.sessions, randomBytes });

/** A store whose answers come when the test says so. */
function heldStore(method: 'find' | 'delete' | 'deleteOfUser') {
  const held: (() => void)[] = [];
  const work = store.sessions[method].bind(store.sessions) as (...given: unknown[]) => Promise<unknown>;
  const slow = {
    ...store.sessions,
    [method]: async (...given: unknown[]) => {
      const answer = method === 'find' ? await work(...given) : undefined;
      await new Promise<void>((resolve) => held.push(resolve));
      return method === 'find' ? answer : work(...given);
    },
  } as Store['sessions'];
  return { slow, release: () => held.splice(0).forEach((resolve) => resolve()) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the cookie', () => {
  test('has 256 random bits, and the store has its digest alone', async () => {
    const kept: StoredSession[] = [];
    const put = async (session: StoredSession): Promise<void> => void kept.push(session);
    const own = openSessions({ store: { ...store.sessions, put }, randomBytes });
    const { cookie, session } = await own.open(OPENING, ASKED, undefined, NOW);
    expect(Buffer.from(cookie, 'base64url')).toHaveLength(32);
    expect(kept).toEqual([{ ...OPENING, id: createHash('sha256').update(cookie).digest('base64url') }]);
    expect(JSON.stringify([kept, session])).not.toContain(cookie);
  });

  test('opens its session, in this process and after a restart', async () => {
    const { cookie, session } = await sessions.open(OPENING, ASKED, undefined, NOW);
    expect(await sessions.find(cookie, later(1))).toBe(session);
    expect((await reopened().find(cookie, later(1)))?.stored).toEqual(session.stored);
  });

  test('what is none opens nothing, and the store is not asked', async () => {
    const find = async (): Promise<never> => {
      throw new Error('asked');
    };
    const own = openSessions({ store: { ...store.sessions, find }, randomBytes });
    const { cookie } = await sessions.open(OPENING, ASKED, undefined, NOW);
    for (const value of [undefined, '', cookie.slice(1), `${cookie}A`, `${cookie.slice(1)}=`, '__proto__', 'a b'])
      expect(await own.find(value, NOW), value).toBeUndefined();
  });

  test('the digest that the store has opens nothing', async () => {
    const { session } = await sessions.open(OPENING, ASKED, undefined, NOW);
    expect(await sessions.find(session.stored.id, NOW)).toBeUndefined();
  });

  test('no other value opens it', async () => {
    const { cookie } = await sessions.open(OPENING, ASKED, undefined, NOW);
    await fc.assert(
      fc.asyncProperty(fc.nat(cookie.length - 1), fc.constantFrom('A', 'b', '7', '_'), async (at, character) => {
        const other = cookie.slice(0, at) + character + cookie.slice(at + 1);
        // The last character carries two bits that no byte holds: the digest is of the text, so it counts too.
        expect((await sessions.find(other, NOW)) === undefined).toBe(other !== cookie);
      }),
    );
  });
});

describe('expiry', () => {
  test('a session ends at its time, in memory and in the store', async () => {
    const { cookie } = await sessions.open(OPENING, ASKED, undefined, NOW);
    for (const one of [sessions, reopened()]) {
      expect(await one.find(cookie, new Date(OPENING.expiresAt.getTime() - 1))).toBeDefined();
      expect(await one.find(cookie, OPENING.expiresAt)).toBeUndefined();
      expect(await one.find(cookie, later(100_000))).toBeUndefined();
    }
  });

  test('expired ones are taken out of the store now and then, while others are opened', async () => {
    const { session } = await sessions.open({ ...OPENING, expiresAt: later(10) }, ASKED, undefined, NOW);
    await sessions.open(OPENING, ASKED, undefined, later(30));
    expect(await store.sessions.find(session.stored.id)).toBeDefined();
    await sessions.open(OPENING, ASKED, undefined, later(61));
    expect(await store.sessions.find(session.stored.id)).toBeUndefined();
  });
});

describe('rotation', () => {
  test('whoever signs in gets a new cookie, and the one before opens nothing any more', async () => {
    const before = await sessions.open(OPENING, ASKED, undefined, NOW);
    const after = await sessions.open(OPENING, ASKED, before.session, NOW);
    expect(after.cookie).not.toBe(before.cookie);
    for (const one of [sessions, reopened()]) {
      expect(await one.find(before.cookie, NOW)).toBeUndefined();
      expect(await one.find(after.cookie, NOW)).toBeDefined();
    }
  });

  test('a second factor raises the session under a new cookie', async () => {
    const before = await sessions.open(OPENING, ASKED, undefined, NOW);
    const { cookie, session } = await sessions.raise(before.session, 'wa=other', later(5));
    expect(await sessions.find(before.cookie, later(5))).toBeUndefined();
    expect(await reopened().find(before.cookie, later(5))).toBeUndefined();
    expect(await sessions.find(cookie, later(5))).toBe(session);
    expect(session.stored).toEqual({ ...before.session.stored, id: session.stored.id, secondFactorAt: later(5) });
  });

  test('the raised session keeps what was proved for a request, and no ceremony that was under way', async () => {
    const { session } = await sessions.open(OPENING, ASKED, undefined, NOW);
    session.memory.ceremonies = { totp: new Uint8Array(20), passkey: 'challenge', 'new-passkey': 'challenge' };
    const raised = await sessions.raise(session, 'wa=other', later(5));
    expect(raised.session.memory).toMatchObject({
      signInProvedFor: { asked: ASKED, at: NOW.getTime() },
      secondFactorProvedFor: { asked: 'wa=other', at: later(5).getTime() },
    });
    expect(raised.session.memory.ceremonies).toEqual({});
  });

  test('an administrator’s code lets in one first factor: the raised session may set up none without a factor', async () => {
    const { session } = await sessions.open(OPENING, ASKED, undefined, NOW);
    session.memory.mayEnrol = true;
    expect((await sessions.raise(session, ASKED, NOW)).session.memory.mayEnrol).toBe(false);
  });

  test('a session that ended meanwhile is not raised', async () => {
    const { session } = await sessions.open(OPENING, ASKED, undefined, NOW);
    await sessions.end(session);
    await expect(sessions.raise(session, ASKED, NOW)).rejects.toMatchObject({ code: 'session-ended' });
    expect(await store.sessions.deleteOfUser(OPENING.userId), 'nothing was left behind').toBe(0);
  });

  test('of two that raise one session at once, one does', async () => {
    const { session } = await sessions.open(OPENING, ASKED, undefined, NOW);
    const outcomes = await Promise.allSettled([
      sessions.raise(session, ASKED, NOW),
      sessions.raise(session, ASKED, NOW),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await store.sessions.deleteOfUser(OPENING.userId)).toBe(1);
  });
});

describe('the end', () => {
  test('an ended session opens no more, anywhere', async () => {
    const { cookie, session } = await sessions.open(OPENING, ASKED, undefined, NOW);
    expect(await sessions.isOpen(session)).toBe(true);
    await sessions.end(session);
    expect(await sessions.find(cookie, NOW)).toBeUndefined();
    expect(await reopened().find(cookie, NOW)).toBeUndefined();
    expect(await sessions.isOpen(session)).toBe(false);
    // Twice is as once.
    await sessions.end(session);
  });

  test('of a user ends all of that user, those that are not in memory too, and nobody else’s', async () => {
    const other = { ...OPENING, userId: JONAS };
    const own = [
      await sessions.open(OPENING, ASKED, undefined, NOW),
      await reopened().open(OPENING, ASKED, undefined, NOW),
    ];
    const others = await sessions.open(other, ASKED, undefined, NOW);
    expect(await sessions.endOfUser(OPENING.userId)).toBe(2);
    for (const { cookie, session } of own) {
      expect(await sessions.find(cookie, NOW)).toBeUndefined();
      expect(await sessions.isOpen(session)).toBe(false);
    }
    expect(await sessions.find(others.cookie, NOW)).toBeDefined();
  });

  test.each(['delete', 'deleteOfUser'] as const)(
    'a request that comes while one ends does not bring it back (%s)',
    async (method) => {
      const { slow, release } = heldStore(method);
      const own = openSessions({ store: slow, randomBytes });
      const { cookie, session } = await own.open(OPENING, ASKED, undefined, NOW);
      const ending = method === 'delete' ? own.end(session) : own.endOfUser(OPENING.userId);
      await turn();
      await own.find(cookie, NOW);
      release();
      await ending;
      expect(await own.find(cookie, NOW)).toBeUndefined();
      expect(await own.isOpen(session)).toBe(false);
    },
  );

  test.each(['end', 'endOfUser'] as const)(
    'one that the store had read before it ended does not come back (%s)',
    async (end) => {
      const { cookie, session } = await sessions.open(OPENING, ASKED, undefined, NOW);
      const { slow, release } = heldStore('find');
      const own = openSessions({ store: slow, randomBytes });
      const finding = own.find(cookie, NOW);
      await turn();
      await (end === 'end' ? own.end(session) : own.endOfUser(OPENING.userId));
      release();
      await turn();
      release();
      expect(await finding).toBeUndefined();
      const again = own.find(cookie, NOW);
      await turn();
      release();
      expect(await again).toBeUndefined();
    },
  );
});

describe('memory', () => {
  test('two requests at once after a restart share one memory', async () => {
    const { cookie } = await sessions.open(OPENING, ASKED, undefined, NOW);
    const own = reopened();
    const [one, other] = await Promise.all([own.find(cookie, NOW), own.find(cookie, NOW)]);
    expect(one).toBeDefined();
    expect(one).toBe(other);
  });

  test('of 20,000 at most: an older one is read from the store again, without what was of this process', async () => {
    const put = async (): Promise<void> => undefined;
    const { cookie, session } = await sessions.open(OPENING, ASKED, undefined, NOW);
    let found = 0;
    const find: Store['sessions']['find'] = async (id) => {
      found += 1;
      return store.sessions.find(id);
    };
    const own = openSessions({ store: { ...store.sessions, put, find }, randomBytes });
    const present = await own.find(cookie, NOW);
    if (present !== undefined) present.memory.mayEnrol = true;
    for (let count = 0; count < 19_999; count += 1) await own.open(OPENING, ASKED, undefined, NOW);
    await own.find(cookie, NOW);
    expect(found).toBe(1);
    await own.open(OPENING, ASKED, undefined, NOW);
    const again = await own.find(cookie, NOW);
    expect(found).toBe(2);
    expect(again?.stored).toEqual(session.stored);
    expect(again?.memory).toEqual({ ceremonies: {}, mayEnrol: false, answered: [] });
  });
});
