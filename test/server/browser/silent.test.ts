/** Which browsers are asked for a ticket: by network and User-Agent, as AD FS decides it. */
import { describe, expect, test } from 'vitest';
import { ticketAsker } from '../../../src/server/browser/silent.ts';
import { EN, openBrowser, pageOf } from './browser.ts';
import { openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Differences } from './site.ts';

useWorkspace();

const EDGE = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0';
const ADDRESS = `${PASSIVE}?${SIGN_IN}`;

describe('who is not asked gets the form at once', () => {
  const asks = async (differences: Differences, headers: Readonly<Record<string, string>>, address = ADDRESS) => {
    const answer = await openBrowser(await openSite(differences), headers).send(address);
    expect(pageOf(address, answer).title).toBe(EN.signIn.title);
    return answer.headers['www-authenticate'] === 'Negotiate' && answer.status === 401;
  };
  const silent = { enabled: true, userAgents: ['Edg/'] };

  test.each<readonly [string, Differences, Readonly<Record<string, string>>, boolean]>([
    ['a browser of the list', { signIn: { silent } }, { 'user-agent': EDGE }, true],
    ['another browser', { signIn: { silent } }, { 'user-agent': 'Mozilla/5.0 Firefox/140.0' }, false],
    ['none', { signIn: { silent } }, {}, false],
    ['turned off', { signIn: { silent: { ...silent, enabled: false } } }, { 'user-agent': EDGE }, false],
    [
      'a pattern that matches',
      { signIn: { silent: { ...silent, userAgents: [String.raw`=~Windows NT \d+.*Edg/`] } } },
      { 'user-agent': EDGE },
      true,
    ],
    [
      'a pattern that does not',
      { signIn: { silent: { ...silent, userAgents: ['=~^Edg/'] } } },
      { 'user-agent': EDGE },
      false,
    ],
    ['another network', { signIn: { silent: { ...silent, networks: ['10.0.0.0/8'] } } }, { 'user-agent': EDGE }, false],
    [
      'its own network',
      { signIn: { silent: { ...silent, networks: ['127.0.0.1/32'] } } },
      { 'user-agent': EDGE },
      true,
    ],
    [
      'the networks of windowstransport, where none are named',
      { signIn: { silent }, server: { windowsTransportNetworks: ['10.0.0.0/8'] } },
      { 'user-agent': EDGE },
      false,
    ],
    [
      'a network behind a trusted proxy',
      { signIn: { silent: { ...silent, networks: ['10.0.0.0/8'] } }, server: { trustedProxies: ['127.0.0.1'] } },
      { 'user-agent': EDGE, 'x-forwarded-for': '10.1.2.3' },
      true,
    ],
    [
      'what a proxy says that is not trusted',
      { signIn: { silent: { ...silent, networks: ['10.0.0.0/8'] } } },
      { 'user-agent': EDGE, 'x-forwarded-for': '10.1.2.3' },
      false,
    ],
    ['a header that is longer than any', { signIn: { silent } }, { 'user-agent': EDGE + 'x'.repeat(500) }, false],
  ])('%s', async (_, differences, headers, asked) => {
    expect(await asks(differences, headers)).toBe(asked);
  });

  test.each(['wfresh=0', 'prompt=login', 'wauth=urn:oasis:names:tc:SAML:1.0:am:password'])(
    'whom the request wants to ask again (%s)',
    async (demand) => {
      expect(await asks({}, { 'user-agent': EDGE }, `${ADDRESS}&${demand}`)).toBe(false);
      // Nor is a ticket looked at that comes all the same.
      const site = await openSite();
      const authorization = `Negotiate ${Buffer.from(site.mint('nora.keller').token).toString('base64')}`;
      const page = await openBrowser(site, { 'user-agent': EDGE, authorization }).open(`${ADDRESS}&${demand}`);
      expect([page.title, await site.records()]).toEqual([EN.signIn.title, []]);
    },
  );

  test('an application without Kerberos', async () => {
    expect(await asks({ application: { kerberos: { gateways: [] } } }, { 'user-agent': EDGE })).toBe(false);
  });
});

describe('the decision', () => {
  const asker = (userAgents: readonly string[], networks?: readonly string[]) =>
    ticketAsker({ enabled: true, userAgents: [...userAgents], networks: networks && [...networks] }, ['10.0.0.0/8']);

  test('is made by every pattern, and the same for the same browser however often it comes', () => {
    const asks = asker(['MSIE', String.raw`=~Edg/1\d\d`]);
    for (let count = 0; count < 3; count += 1) {
      expect(asks('10.1.2.3', EDGE)).toBe(true);
      expect(asks('10.1.2.3', 'MSIE 11')).toBe(true);
      expect(asks('10.1.2.3', 'Firefox/1')).toBe(false);
    }
  });

  test('by the network of IPv6 and of mapped addresses alike', () => {
    const asks = asker(['Edg/'], ['fd00::/8', '10.0.0.0/8']);
    expect(['fd00::1', '::ffff:10.1.2.3', '10.1.2.3'].map((address) => asks(address, EDGE))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['fe80::1', '192.0.2.1', 'unknown', ''].map((address) => asks(address, EDGE))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('for nobody where no pattern is named', () => {
    expect(asker([])('10.1.2.3', EDGE)).toBe(false);
  });
});
