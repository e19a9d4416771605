/** Which events a failed join and a failed sign-in leave in Windows' logs; each number is one that the doctor knows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventsOfJoin, eventsOfSignIn } from '../../src/rehearsal/events.ts';
import { JoinFailure } from '../../src/rehearsal/join-codes.ts';
import type { HresultName, ServerAnswer } from '../../src/rehearsal/join-codes.ts';

const failed = (phase: JoinFailure['phase'], hresult: HresultName, server: ServerAnswer = {}): JoinFailure =>
  new JoinFailure(phase, hresult, 'why', server);

interface More {
  readonly fallbackFailure?: JoinFailure;
  readonly joinedBy?: 'synchronisation';
}

const JOINS: readonly (readonly [said: string, failure: JoinFailure, events: string, more?: More])[] = [
  ['no service connection point', failed('discover', 'DSREG_AUTOJOIN_ADCONFIG_READ_FAILED'), '307, then 304'],
  ['discovery refused', failed('discover', 'DSREG_DISCOVERY_TENANT_NOT_FOUND', { status: 400 }), '201, then 304'],
  ['discovery not reached', failed('discover', 'DSREG_AUTOJOIN_DISC_FAILED'), '200, then 304'],
  ['no realm', failed('discover', 'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED', { status: 200 }), '304'],
  ['no token', failed('auth', 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT', { status: 400 }), '305'],
  [
    'a fault',
    failed('auth', 'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED', { status: 500 }),
    '305; AAD 1088 with the fault’s text',
  ],
  ['registration refused', failed('join', 'DSREG_E_DIRECTORY_FAILURE', { status: 400 }), '204, then 304'],
  ['registration not reached', failed('join', 'WININET_E_CANNOT_CONNECT'), '203, then 304'],
  [
    'a fallback that hides it',
    failed('auth', 'ERROR_HTTP_STATUS_DENIED', { status: 401 }),
    '305, then 306',
    { joinedBy: 'synchronisation' },
  ],
  [
    'a fallback that fails as well',
    failed('auth', 'ERROR_HTTP_STATUS_DENIED', { status: 401 }),
    '305, then 204, then 304',
    { fallbackFailure: failed('join', 'DSREG_E_DIRECTORY_FAILURE', { status: 400 }) },
  ],
];

const SIGN_INS: readonly (readonly [said: string, failure: JoinFailure, event: string])[] = [
  ['no realm', failed('discover', 'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED'), 'AAD 1086, then '],
  ['a fault', failed('auth', 'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED', { status: 500 }), 'AAD 1088, then '],
  ['no connection', failed('auth', 'ERROR_ADAL_INTERNET_CANNOT_CONNECT'), 'AAD 1084, then '],
  [
    'a refusal of Entra',
    failed('auth', 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT', { errorCode: 'invalid_grant' }),
    'AAD 1081, then ',
  ],
  ['an HTTP status', failed('auth', 'ERROR_HTTP_STATUS_FORBIDDEN', { status: 403 }), 'AAD 1025, then '],
  ['nothing in the MEX document', failed('auth', 'ERROR_ADAL_COULDNOT_DISCOVER_USERNAME_PASSWORD_ENDPOINT'), ''],
];

describe('a join', () => {
  test.each(JOINS.map(([said, ...row]) => ({ said, row })))('$said', ({ row: [failure, events, more] }) => {
    const result = { failure, fallbackFailure: undefined, joinedBy: undefined, ...more };
    expect(eventsOfJoin(result)).toBe(`User Device Registration ${events}`);
  });
});

describe('a sign-in', () => {
  test.each(SIGN_INS)('%s', (_, failure, event) => {
    expect(eventsOfSignIn(failure)).toBe(`${event}AAD 1007 (Analytic) with the status`);
  });
});

test('the doctor knows each of these events but that of an HTTP status', () => {
  const table = readFileSync(join(import.meta.dirname, '../../src/doctor/tables/known-events.json'), 'utf8');
  const known = JSON.parse(table) as readonly { readonly id: number }[];
  const said = [...JOINS, ...SIGN_INS].flatMap(([, , events]) => events.match(/\d+/g) ?? []);
  const ids = new Set([...said, '1007'].map(Number));
  expect([...ids].filter((id) => !known.some((row) => row.id === id))).toEqual([1025]);
});
