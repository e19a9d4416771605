/** A person signs in with user name and password over real https, against the whole of Mortise: the address, the form and the silence. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLE_DOMAIN } from '../../src/directory/sample-domain.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { readWithLibxml2 } from '../saml/judges.ts';
import { TOKEN_READERS } from '../wstrust/clients/rstr-readers.ts';
import { bytesOf, vectorsOf } from '../wstrust/vectors.ts';
import { expectFault, faultCode, recordReader } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import type { Client } from './client.ts';
import { openGround, PATHS } from './mortise.ts';
import type { Ground, RunningMortise } from './mortise.ts';

const PASSWORD = ` not-a-real <p&ss> "wörd" 'å' `;
const NORA = `nora.keller@${SAMPLE_DOMAIN}`;

let ground: Ground;
let mortise: RunningMortise;
let client: Client;
let records: ReturnType<typeof recordReader>;
let fresh = 0;

beforeAll(async () => {
  ground = await openGround();
  mortise = await ground.start({
    directory: openSampleDirectory(sampleForest, { passwords: new Map([['nora.keller', PASSWORD]]) }),
    // Kerberos is answered to nobody here: passwords are, all the same.
    server: { windowsTransportNetworks: ['192.0.2.0/24'] },
  });
  records = recordReader(ground.store);
});
afterAll(() => ground.close());
beforeEach(async () => {
  client = openClient(mortise);
  await records();
});
afterEach(() => client.close());

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A client's request as it would be written now, by this person, under a MessageID of its own. */
function written(bytes: Uint8Array, username = NORA, password = PASSWORD, at = Date.now()): Uint8Array {
  const time = (offset: number): string => new Date(at + offset).toISOString();
  fresh += 1;
  return bytesOf(
    Buffer.from(bytes)
      .toString('utf8')
      .replace(/Created>[^<]+</, `Created>${time(0)}<`)
      .replace(/Expires>[^<]+</, `Expires>${time(600_000)}<`)
      .replace(/Username>[^<]+</, () => `Username>${escaped(username)}<`)
      .replace(/Password>[^<]+</, () => `Password>${escaped(password)}<`)
      .replace(/([mM]essageID>urn:uuid:)[^<]+/, `$1${fresh}`),
  );
}

const clients = vectorsOf('clients').filter(({ name }) => name.endsWith('-password'));
const [first] = clients;
if (first === undefined) throw new Error('there is no vector of a password request');
const RST = first.bytes;

const ask = (body: Uint8Array, path: string = PATHS.password13) => client.ask(undefined, { path, body });

/** Nothing of the password in the answer, the records and the log, in any form that is easily made of it. */
async function expectSilence(text: string, password = PASSWORD): Promise<void> {
  const all =
    text + JSON.stringify(await ground.store.activities.list({ limit: 10_000 })) + JSON.stringify(mortise.logged);
  for (const form of [
    password.trim(),
    escaped(password).trim(),
    Buffer.from(password).toString('base64'),
    'not-a-real',
  ])
    expect(all).not.toContain(form);
}

describe.each(clients)('$name', ({ name, bytes }) => {
  const version = name.includes('-2005-') ? '2005' : '1.3';
  const own = version === '2005' ? PATHS.password2005 : PATHS.password13;
  const reader = name.startsWith('msal4j') ? 'MSAL4J' : name.startsWith('msal-python') ? 'MSAL Python' : 'MSAL.NET';

  test.each([own, PATHS.active])('gets a signed assertion of the person at %s', async (path) => {
    const answer = await ask(written(bytes), path);
    expect(answer.status, answer.text).toBe(200);
    const found = TOKEN_READERS[reader]?.token(answer.text, version);
    expect(found?.grant).toBe('saml1_1-bearer');
    expect(found?.token).toContain('AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:password"');
    if (reader === 'MSAL Python') {
      const [key] = await ground.store.signingKeys.list();
      expect(readWithLibxml2(found?.token ?? '', key?.certificate ?? Buffer.alloc(0)).accepted).toBe(true);
    }
    const [record, ...more] = await records();
    expect(more).toEqual([]);
    expect(record).toMatchObject({ outcome: 'issued', subject: { kind: 'person' } });
    await expectSilence(answer.text);
  });
});

describe('what is refused', () => {
  test.each([
    ['a wrong password', NORA, 'not-a-real other', 'password-wrong'],
    ['the password without the blanks around it', NORA, PASSWORD.trim(), 'password-wrong'],
    ['a name that nobody has', `nobody@${SAMPLE_DOMAIN}`, PASSWORD, 'password-account-unknown'],
  ] as const)('%s: the caller reads password-wrong, the record says which', async (_what, username, password, code) => {
    const answer = await ask(written(RST, username, password));
    expectFault(answer, 500, 'password-wrong');
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    const [record] = await records();
    expect(record?.refusal?.code).toBe(code);
    await expectSilence(answer.text, password);
  });

  test.each([
    ['an hour ago', -3_600_000],
    ['in an hour', 3_600_000],
  ])('a request of %s, and the clock is named', async (_when, offset) => {
    const answer = await ask(written(RST, NORA, PASSWORD, Date.now() + offset));
    expectFault(answer, 500, 'timestamp-out-of-range');
  });

  test.each([
    ['UsernameToken', 'username-token-missing'],
    ['Timestamp', 'timestamp-missing'],
  ] as const)('no %s', async (element, code) => {
    const text = Buffer.from(written(RST)).toString('utf8');
    const without = text.replace(new RegExp(`<(\\w+:${element})[ >][^]*</\\1>`), '');
    expect(without).not.toBe(text);
    expectFault(await ask(bytesOf(without)), 500, code);
  });

  test('beside a ticket at ActiveSignInUri: whose would the token be?', async () => {
    const open = await ground.start();
    const mine = openClient(open);
    const answer = await mine.ask(negotiate(ground.mint()), { path: PATHS.active, body: written(RST) });
    expectFault(answer, 500, 'username-token-not-here');
    mine.close();
    await open.close();
  });
});

test('MSAL.NET and MSAL4J send a 500 again by themselves: the same request gets the same answer and one record', async () => {
  const body = written(RST, NORA, 'not-a-real other');
  const [one, two] = [await ask(body), await ask(body)];
  expect([faultCode(one), faultCode(two)]).toEqual(['password-wrong', 'password-wrong']);
  expect(two.text).toBe(one.text);
  expect(await records()).toHaveLength(1);
});
