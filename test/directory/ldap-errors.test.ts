/** What servers and networks say, in Mortise's words. */
import {
  BusyError,
  InvalidCredentialsError,
  InvalidDNSyntaxError,
  NoSuchObjectError,
  StrongAuthRequiredError,
  UnavailableError,
  UnknownStatusCodeError,
} from 'ldapts';
import { describe, expect, test } from 'vitest';
import {
  bindFailure,
  isNoSuchObject,
  personBindFailure,
  PersonRefused,
  searchFailure,
  ServerDown,
  serverDown,
} from '../../src/directory/ldap-errors.ts';
import { Refusal } from '../../src/refusal.ts';

const ad = (subCode: string): string =>
  `80090308: LdapErr: DSID-0C09050F, comment: AcceptSecurityContext error, data ${subCode}, v4563\0`;
const withCode = (code: string): Error => Object.assign(new Error('it failed'), { code });
const bind = (error: unknown): Error => bindFailure(error, 'dc1:636', 'svc@corp');

describe('a failed bind', () => {
  test.each([
    ['525', 'there is no such account'],
    ['52e', 'the password is wrong'],
    ['52E', 'the password is wrong'],
    ['530', 'at this time of day'],
    ['531', 'from this computer'],
    ['532', 'the password has expired'],
    ['533', 'the account is disabled'],
    ['701', 'the account has expired'],
    ['773', 'must be changed'],
    ['775', 'locked out'],
  ])('AD data %s: %s', (subCode, meaning) => {
    const refusal = bind(new InvalidCredentialsError(ad(subCode)));
    expect(refusal).toBeInstanceOf(Refusal);
    expect((refusal as Refusal).code).toBe('directory-bind-refused');
    expect((refusal as Refusal).facts.detail).toContain(`dc1:636: LDAP result 49, AD data ${subCode.toLowerCase()}, `);
    expect((refusal as Refusal).facts.detail).toContain(meaning);
    expect((refusal as Refusal).facts.detail).not.toContain('\0');
  });

  test('a sub-code that is not known is recorded as it came', () => {
    expect((bind(new InvalidCredentialsError(ad('8009030e'))) as Refusal).facts.detail).toContain('AD data 8009030e');
  });

  test('a server that wants TLS is told apart', () => {
    expect((bind(new StrongAuthRequiredError('00002028')) as Refusal).facts.detail).toContain('set connectionSecurity');
  });

  test.each([new BusyError(), new UnavailableError(), withCode('ECONNRESET'), new Error('closed')])(
    '%s: the next server',
    (error) => {
      expect(bind(error)).toBeInstanceOf(ServerDown);
    },
  );
});

describe('a failed search', () => {
  test('is a refusal with base, server and result', () => {
    const refusal = searchFailure(new InvalidDNSyntaxError('0000208F: NameErr'), 'dc1:636', 'OU=x') as Refusal;
    expect(refusal.code).toBe('directory-search-refused');
    expect(refusal.facts).toMatchObject({ attribute: 'searchBaseDn', actual: 'OU=x' });
    expect(refusal.facts.detail).toContain('dc1:636: LDAP result 34 [0000208F: NameErr');
  });

  test('a referral is explained, and not followed', () => {
    const refusal = searchFailure(
      new UnknownStatusCodeError(10, '0000202B: RefErr, data 0, 1 access points'),
      'dc1:636',
      'DC=other',
    ) as Refusal;
    expect(refusal.code).toBe('directory-search-refused');
    expect(refusal.facts.detail).toContain('lies in another domain; referrals are not followed');
  });

  test('a base that does not exist is no failure', () => {
    expect(isNoSuchObject(new NoSuchObjectError())).toBe(true);
    expect(isNoSuchObject(new Error('NoSuchObject'))).toBe(false);
  });

  test.each([new BusyError(), new Error('Connection closed before message response was received.')])(
    '%s: the next server',
    (error) => {
      expect(searchFailure(error, 'dc1:636', 'DC=x')).toBeInstanceOf(ServerDown);
    },
  );

  test('a long message is cut to one line', () => {
    const refusal = searchFailure(new InvalidDNSyntaxError(`a\nb${'x'.repeat(5_000)}`), 'dc1:636', 'DC=x') as Refusal;
    expect(refusal.facts.detail?.length).toBeLessThan(700);
    expect(refusal.facts.detail).not.toContain('\n');
  });
});

describe('a server that is down', () => {
  test.each([
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'server.ldapCaFile'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'server.ldapCaFile'],
    ['CERT_HAS_EXPIRED', 'has expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name'],
    ['ECONNREFUSED', 'nothing listens there'],
    ['ENOTFOUND', 'not in DNS'],
  ])('%s is explained', (code, words) => {
    expect(serverDown(withCode(code)).message).toMatch(new RegExp(`${words.replace('.', '\\.')}.*\\(${code}\\)$`));
  });

  test('anything else is told in its own words, and stays the cause', () => {
    const cause = new Error('something\nnew');
    expect(serverDown(cause).message).toBe('something new');
    expect(serverDown(cause).cause).toBe(cause);
  });
});

describe('a failed bind of a person', () => {
  const ECHO = 'the password S3cr3t was refused';
  const fail = (error: unknown): Error => personBindFailure(error, 'dc1:636', 'CN=Nora,DC=x');

  test.each([
    ['52e', 'wrong'],
    ['525', 'no-such-account'],
    ['530', 'logon-hours'],
    ['531', 'workstation'],
    ['532', 'expired'],
    ['533', 'disabled'],
    ['701', 'account-expired'],
    ['773', 'must-change'],
    ['775', 'locked-out'],
    ['52f', 'refused'],
  ])('data %s is %s', (subCode, verdict) => {
    const failure = fail(new InvalidCredentialsError(ad(subCode)));
    expect(failure).toBeInstanceOf(PersonRefused);
    expect((failure as PersonRefused).checked.verdict).toBe(verdict);
  });

  test.each([
    ['wrong', new InvalidCredentialsError(ECHO)],
    ['busy', new BusyError(ECHO)],
    ['unavailable', new UnavailableError(ECHO)],
    ['without TLS', new StrongAuthRequiredError(ECHO)],
    ['another code', new UnknownStatusCodeError(80, ECHO)],
  ])('%s: what the server repeats is not kept', (_, error) => {
    const failure = fail(error);
    const facts = failure instanceof Refusal ? JSON.stringify(failure.facts) : '';
    const checked = failure instanceof PersonRefused ? JSON.stringify(failure.checked) : '';
    expect(`${failure.message}${facts}${checked}${String(failure.cause)}`).not.toContain('S3cr3t');
  });
});
