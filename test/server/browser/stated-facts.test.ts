/** What a sign-in states beside the person: from where it came, and whether the browser stays signed in. */
import { describe, expect, test } from 'vitest';
import { CLAIMS } from '../../signin/browser/read-assertion.ts';
import { NORA, openBrowser, statedBy } from './browser.ts';
import { INSIDE } from './factors.ts';
import { openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';

useWorkspace();

const PASSWORD = 'Bahnhof-Über-7-Gleise';
const MINUTE = 60_000;

const asking = (demands: string): string => `${PASSIVE}?${SIGN_IN}&${demands}`;

describe('the network', () => {
  const networks = { corporateNetworks: ['10.0.0.0/8', 'fd00::/8'] };
  test.each([
    ['the peer', { signIn: INSIDE }, {}, 'true'],
    ['another peer', { signIn: networks }, {}, 'false'],
    ['no network is named', {}, {}, 'false'],
    ['what nobody vouches for', { signIn: networks }, { 'x-forwarded-for': '10.1.2.3' }, 'false'],
    [
      'what a trusted proxy vouches for',
      { signIn: networks, server: { trustedProxies: ['127.0.0.1'] } },
      { 'x-forwarded-for': '10.1.2.3' },
      'true',
    ],
    [
      'the last that was not vouched for',
      { signIn: networks, server: { trustedProxies: ['127.0.0.1'] } },
      { 'x-forwarded-for': '10.1.2.3, 192.0.2.1' },
      'false',
    ],
    [
      'behind two proxies',
      { signIn: networks, server: { trustedProxies: ['127.0.0.1', '192.0.2.1'] } },
      { 'x-forwarded-for': 'fd00::1, 192.0.2.1' },
      'true',
    ],
    [
      'garbage',
      { signIn: networks, server: { trustedProxies: ['127.0.0.1'] } },
      { 'x-forwarded-for': '10.1.2.3.4, ' },
      'false',
    ],
  ])('insidecorporatenetwork: %s', async (_, differences, headers, inside) => {
    const page = await openBrowser(await openSite(differences), headers).signIn();
    expect(statedBy(page).claims[CLAIMS.insideCorporateNetwork]).toEqual([inside]);
  });
});

describe('staying signed in', () => {
  const LOGIN_OPTIONS = `${PASSIVE}?wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline&wctx=LoginOptions%3D3%26estsredirect%3d2`;

  test.each([
    ['chosen at Entra', LOGIN_OPTIONS, {}, 1440, ['true']],
    ['chosen in the form', asking('x=1'), { stay: 'yes' }, 1440, ['true']],
    ['not chosen', asking('x=1'), {}, 1440, undefined],
    ['chosen, and not offered', LOGIN_OPTIONS, { stay: 'yes' }, 0, undefined],
  ] as const)('%s: psso', async (_, address, fields, staySignedInMinutes, claim) => {
    const browser = openBrowser(await openSite({ signIn: { staySignedInMinutes } }));
    const page = await browser.submit(await browser.open(address), 'password', {
      username: NORA,
      password: PASSWORD,
      ...fields,
    });
    expect(statedBy(page).claims[CLAIMS.staysSignedIn]).toEqual(claim);
  });

  test('a session that stays says so to every request, and outlives a day’s work', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const page = await browser.open();
    await browser.submit(page, 'password', { username: NORA, password: PASSWORD, stay: 'yes' });
    site.passTime(20 * 60 * MINUTE);
    expect(statedBy(await browser.open()).claims[CLAIMS.staysSignedIn]).toEqual(['true']);
  });
});
