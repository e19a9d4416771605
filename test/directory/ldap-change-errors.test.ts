/** What servers say of a change of password that they did not make, in Mortise's words and no others. */
import {
  BusyError,
  ConstraintViolationError,
  InsufficientAccessError,
  InvalidDNSyntaxError,
  NoSuchObjectError,
  StrongAuthRequiredError,
  UnavailableError,
  UnknownStatusCodeError,
  UnwillingToPerformError,
} from 'ldapts';
import { describe, expect, test } from 'vitest';
import type { ChangedPassword } from '../../src/directory/directory.ts';
import { changeVerdict } from '../../src/directory/ldap-change-errors.ts';
import { ServerDown, Unanswered } from '../../src/directory/ldap-errors.ts';

/** As Active Directory words it, and as Samba does. */
const ad = (code: string): string =>
  `${code}: AtrErr: DSID-03190F80, #1:\n\t0: ${code}: DSID-03190F80, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 9005a (unicodePwd)\n\0`;
const samba = (code: string): string =>
  `${code}: Constraint violation - check_password_restrictions: The old password specified doesn't match!`;

const say = (error: unknown): ChangedPassword => changeVerdict(error, 'dc1:636');
const thrown = (error: unknown): unknown => {
  try {
    return say(error);
  } catch (failure) {
    return failure;
  }
};

describe('a change that was refused', () => {
  test.each([
    ['00000056', 'wrong'],
    ['0000056A', 'wrong'],
    ['0000052D', 'policy'],
    ['00000775', 'locked-out'],
    ['00000005', 'not-allowed'],
    ['0000202F', 'refused'],
  ])('AD code %s with result 19 is %s, in both servers’ words', (code, verdict) => {
    for (const words of [ad(code), samba(code), ad(code.toLowerCase())]) {
      const changed = say(new ConstraintViolationError(words));
      expect(changed.verdict).toBe(verdict);
      expect(changed.detail).toMatch(new RegExp(`^dc1:636: LDAP result 19, AD code ${code.toLowerCase()}(?:, |$)`));
    }
  });

  test.each([
    [
      'not-allowed',
      new InsufficientAccessError('00000005: SecErr: DSID-031A0F44, problem 4003 (INSUFF_ACCESS_RIGHTS)'),
    ],
    [
      'not-allowed',
      new InsufficientAccessError('00002098: SecErr: DSID-031A0F44, problem 4003 (INSUFF_ACCESS_RIGHTS)'),
    ],
    ['not-allowed', new ConstraintViolationError('error in module acl: Constraint violation during LDB_MODIFY (19)')],
    ['not-allowed', new UnwillingToPerformError('0000001F: SvcErr: DSID-031A120C, problem 5003 (WILL_NOT_PERFORM)')],
    ['not-allowed', new StrongAuthRequiredError('00002028')],
    ['not-allowed', new UnknownStatusCodeError(13, 'TLS confidentiality required')],
    ['policy', new UnwillingToPerformError('0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM)')],
    ['no-such-account', new NoSuchObjectError('00002030: No such Base DN: CN=Nobody,DC=x')],
    ['refused', new InvalidDNSyntaxError('00002032: ldb_modify: invalid dn')],
    ['refused', new UnwillingToPerformError('00002035: SvcErr')],
    ['refused', new UnknownStatusCodeError(80, 'other')],
  ])('%s: %s', (verdict, error) => {
    expect(say(error).verdict).toBe(verdict);
  });

  test('a referral says what to do', () => {
    const changed = say(new UnknownStatusCodeError(10, '0000202B: RefErr: DSID-0310082F, data 0, 1 access points'));
    expect(changed).toEqual({
      verdict: 'refused',
      detail:
        'dc1:636: LDAP result 10, AD code 0000202b, it is read-only, or the account is another domain’s: referrals are not followed',
    });
  });
});

test.each([new BusyError('S3cr3t'), new UnavailableError('S3cr3t')])(
  '%s: not done, and the next server is asked',
  (e) => {
    const failure = thrown(e);
    expect(failure).toBeInstanceOf(ServerDown);
    expect(failure).not.toBeInstanceOf(Unanswered);
  },
);

test.each([
  new Error('Connection closed before message response was received.'),
  Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  new ServerDown('it sent what is no LDAP message'),
  new Unanswered('it did not answer'),
])('%s: nobody knows whether it was done', (error) => {
  expect(thrown(error)).toBeInstanceOf(Unanswered);
});

describe('nothing that a server repeats is kept', () => {
  const ECHO = ['the password S3cr3t', 'S3cr3t: no', 'DEADBEEF: no', '0000052D: S3cr3t DEADBEEF'];

  test.each(ECHO)('%s', (text) => {
    const errors = [
      new ConstraintViolationError(text),
      new UnwillingToPerformError(text),
      new NoSuchObjectError(text),
      new BusyError(text),
      new UnknownStatusCodeError(80, text),
      new Error(text),
    ];
    for (const error of errors) {
      const outcome = thrown(error);
      const words = outcome instanceof Error ? `${outcome.stack}${String(outcome.cause)}` : JSON.stringify(outcome);
      expect(words).not.toMatch(/S3cr3t|deadbeef/i);
    }
  });
});
