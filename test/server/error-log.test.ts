import { expect, test } from 'vitest';
import { loggedError } from '../../src/server/error-log.ts';

test('type, message, stack and code of an error, and of the errors behind it; nothing that hangs on them', () => {
  const cause = Object.assign(new RangeError('inner'), { code: 'EINNER', body: 'not-a-real password' });
  const error = Object.assign(new TypeError('outer', { cause }), { code: 7, request: { body: 'not-a-real password' } });
  expect(loggedError(error)).toEqual({
    type: 'TypeError',
    message: 'outer',
    stack: error.stack,
    code: 7,
    cause: { type: 'RangeError', message: 'inner', stack: cause.stack, code: 'EINNER' },
  });
});

test('a code that is no code is left out', () => {
  const error = Object.assign(new Error('x'), { code: { body: 'not-a-real password' } });
  expect(loggedError(error)).not.toHaveProperty('code');
});

test('what is thrown without being an Error is named by its type alone', () => {
  expect(loggedError({ password: 'not-a-real password' })).toEqual({
    type: 'object',
    message: 'thrown without an Error',
  });
});

test('causes in a circle come to an end', () => {
  const error = new Error('x');
  error.cause = error;
  expect(JSON.stringify(loggedError(error)).match(/"message":"x"/g)).toHaveLength(6);
});
