/** What is never sent to a directory as a change of password. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Password } from '../../src/directory/password.ts';
import { verdictUnsent } from '../../src/directory/unsent-change.ts';

const verdict = (from: string, to: string): ReturnType<typeof verdictUnsent> =>
  verdictUnsent({ dn: 'CN=Nora,DC=x', oldPassword: new Password(from), newPassword: new Password(to) });

test.each([
  ['', 'fresh', 'wrong', 'the old password is empty, and was not sent'],
  ['', '', 'wrong', 'the old password is empty, and was not sent'],
  ['old', '', 'policy', 'the new password is empty, and was not sent'],
  ['old', 'x'.repeat(257), 'policy', 'the new password is longer than 256 characters, and was not sent'],
  ['old', 'a\0b', 'policy', 'the new password holds a character that cannot be sent at a sign-in, and was not sent'],
  ['old', 'a\ud83d', 'policy', 'the new password holds a character that cannot be sent at a sign-in, and was not sent'],
])('from %j to %j: %s', (from, to, expected, detail) => {
  expect(verdict(from, to)).toEqual({ verdict: expected, detail });
});

test('anything else is for the directory to judge', () => {
  const sendable = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 128 })
    .filter((text) => text.isWellFormed() && !text.includes('\0'));
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), sendable, (from, to) => {
      expect(verdict(from, to)).toBeUndefined();
    }),
  );
  expect(verdict(' ', 'x'.repeat(256))).toBeUndefined();
});
