import { expect, test } from 'vitest';
import { resolveSecret } from '../../src/config/secret.ts';
import { ENV, errorOf, load, loadText, problemsOf, sampleText } from './sample.ts';

const files: Readonly<Record<string, string>> = {
  '/etc/mortise/unix': 'from a file\n',
  '/etc/mortise/windows': 'from a file\r\n',
  '/run/absolute': ' two lines\nare kept ',
  '/etc/mortise/empty': '\n',
};

const surroundings = {
  env: { SET: 'from the environment', EMPTY: '' },
  directory: '/etc/mortise',
  readFile: (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`no ${path}`);
    return text;
  },
};

test.each([
  ['${env:SET}', 'from the environment'],
  ['${file:unix}', 'from a file'],
  ['${file:windows}', 'from a file'],
  ['${file:/run/absolute}', ' two lines\nare kept '],
])('%s leads to its value', (reference, value) => {
  expect(resolveSecret(reference, surroundings)).toEqual({ value });
});

test.each([
  ['${env:NOT_SET}', 'names the variable NOT_SET, which is not set'],
  ['${env:toString}', 'names the variable toString, which is not set'],
  ['${env:EMPTY}', 'names the variable EMPTY, which is empty'],
  ['${file:absent}', 'names the file /etc/mortise/absent, which cannot be read'],
  ['${file:empty}', 'names the file /etc/mortise/empty, which is empty'],
  ['hunter2', 'is written into the file'],
  ['x${env:SET}', 'is written into the file'],
  ['${env:SET}${env:SET}', 'is written into the file'],
  [12345678, 'is written into the file'],
])('%s does not, and the problem says why without the value', (reference, message) => {
  expect(resolveSecret(reference, surroundings)).toMatchObject({ problem: { message } });
  expect(JSON.stringify(resolveSecret(reference, surroundings))).not.toMatch(/hunter2|12345678|from the/);
});

test.each([
  'server.masterKey',
  'server.tls.keyPassphrase',
  'gateway.bindPassword',
  'gateway.kerberos.serviceAccountPassword',
])('%s is taken from elsewhere only', (place) => {
  const [problem, ...others] = problemsOf({ [place]: 'a-literal-secret' });
  expect(others).toEqual([]);
  expect(problem?.message).toBe('is written into the file');
  expect(JSON.stringify(problem)).not.toContain('a-literal-secret');
});

test('each secret reaches its setting', () => {
  const { server, environment } = load({ 'server.tls.keyPassphrase': '${env:BIND}' });
  expect(server).toMatchObject({ masterKey: ENV['MASTER'], tls: { keyPassphrase: ENV['BIND'] } });
  expect(environment.gateways[0]).toMatchObject({
    bindPassword: ENV['BIND'],
    kerberos: { serviceAccountPassword: ENV['KERBEROS'] },
  });
});

test.each([
  'c2hvcnQ=',
  'A'.repeat(44),
  'not base64 at all, but 44 characters long!!!',
  Buffer.alloc(33).toString('base64'),
])('a master key of another form (%s) is refused without being shown', (key) => {
  const error = errorOf(() => loadText(sampleText(), { ...ENV, MASTER: key }));
  expect(error.problems).toMatchObject([{ path: 'server.masterKey', message: 'does not lead to 32 bytes in base64' }]);
  expect(error.message).not.toContain(key);
});
