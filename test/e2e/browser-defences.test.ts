/** Other sites that mean harm, in the browser of somebody who signs in: frames, forged forms, a stranger's token. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PERSON_PASSWORD } from '../../lab/accounts.ts';
import { browserAvailable, PATIENCE } from './browser/chromium.ts';
import { openPlace } from './browser/place.ts';
import type { Place } from './browser/place.ts';
import { openApplication, titleOf, told, typePassword, upn } from './browser/steps.ts';
import { codesOf, expectSignedIn } from './browser/verdict.ts';
import { sendHtml, serveWeb } from './browser/web-server.ts';

const REFUSED_FRAME = /X-Frame-Options|frame-ancestors/;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
const SESSION = '__Host-mortise-session';

describe.skipIf(!browserAvailable)('another site, in the browser,', PATIENCE, () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(async () => {
    await place?.close();
  });

  /** A site on another origin whose every page is this. */
  const elsewhere = (body: () => string): Promise<string> =>
    serveWeb(place.tls, 'elsewhere.localhost', (_, response) => sendHtml(response, body()));
  const addressOfForm = async (): Promise<string> => {
    const { page } = await place.person();
    await openApplication(page, place.entra, 'usual');
    return page.url();
  };
  /** A page that posts itself. */
  const forged = (address: string, fields: Readonly<Record<string, string>>): string =>
    `<form method="post" action="${escaped(address)}">${Object.entries(fields)
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`)
      .join('')}</form><script>document.forms[0].submit()</script>`;

  test.each(['sign-in', 'account', 'sign-out'] as const)('shows no page in a frame: %s', async (which) => {
    const mortise = await place.federatedMortise();
    const { passiveSignInUri, accountUri } = mortise.urls;
    const form = await addressOfForm();
    const address = { 'sign-in': form, account: accountUri, 'sign-out': `${passiveSignInUri}?wa=wsignout1.0` }[which];
    const site = await elsewhere(() => `<h1>Elsewhere</h1><iframe src="${escaped(address)}"></iframe>`);
    const person = await place.person({ expected: REFUSED_FRAME });
    await openApplication(person.page, place.entra, 'usual');
    await typePassword(person.page);
    await expectSignedIn(place, person, mortise, 'usual');
    const refused = person.page.waitForEvent('console', (message) => REFUSED_FRAME.test(message.text()));
    await person.page.goto(site);
    await refused;
    const [, frame] = person.page.frames();
    await frame?.waitForURL('chrome-error://chromewebdata/');
    expect(await frame?.getByRole('heading').count()).toBe(0);
    // Nor was anything done in it: the session is as it was.
    await openApplication(person.page, place.entra, 'usual');
    expect((await expectSignedIn(place, person, mortise, 'usual')).recorded).toEqual(['issued']);
  });

  test('cannot sign a person in as somebody else: a forged form is not taken', async () => {
    const mortise = await place.federatedMortise();
    const address = await addressOfForm();
    const site = await elsewhere(() =>
      forged(address, { step: 'password', csrf: '', username: upn('usual'), password: PERSON_PASSWORD }),
    );
    const { page, context } = await place.person();
    await page.goto(site);
    await page.waitForURL(address);
    expect(await titleOf(page)).toBe('Sign in');
    expect(await told(page)).toContain('open for too long');
    expect((await context.cookies()).map(({ name }) => name)).not.toContain(SESSION);
    expect(await codesOf(mortise)).toEqual([]);
    expect(mortise.log()).toContain('a form was not taken');
    expect(mortise.log()).not.toContain(PERSON_PASSWORD);
  });

  test('cannot do so with a token that it got for itself', async () => {
    const mortise = await place.federatedMortise();
    const stranger = await place.person();
    await openApplication(stranger.page, place.entra, 'usual');
    const address = stranger.page.url();
    const csrf = await stranger.page.locator('input[name=csrf]').inputValue();
    const fields = { step: 'password', csrf, username: upn('usual'), password: PERSON_PASSWORD };
    const site = await elsewhere(() => forged(address, fields));
    const victim = await place.person();
    // A form of the victim's own is open: there is a cookie that the token does not belong to.
    await victim.page.goto(address);
    await victim.page.goto(site);
    await victim.page.waitForURL(address);
    expect(await told(victim.page)).toContain('open for too long');
    expect((await victim.context.cookies()).map(({ name }) => name)).not.toContain(SESSION);
    // In the stranger's own browser it is good.
    await typePassword(stranger.page);
    await expectSignedIn(place, stranger, mortise, 'usual');
    expect(await codesOf(mortise)).toEqual(['session-opened', 'issued']);
  });

  test.each([
    ['remove a second factor', { step: 'remove-factor', id: 'any' }],
    ['make recovery codes', { step: 'new-recovery-codes' }],
    ['change the password', { step: 'change-password', username: 'x', 'old-password': 'x', 'new-password': 'y' }],
  ])('cannot %s of somebody who is signed in', async (_, fields) => {
    const mortise = await place.federatedMortise();
    const person = await place.person();
    await person.page.goto(mortise.urls.accountUri);
    await typePassword(person.page, { userName: upn('usual') });
    expect(await titleOf(person.page)).toBe('Your sign-in');
    const site = await elsewhere(() => forged(mortise.urls.accountUri, { csrf: 'x'.repeat(43), ...fields }));
    await person.page.goto(site);
    await person.page.waitForURL((url) => url.host === new URL(mortise.urls.accountUri).host);
    expect(await codesOf(mortise)).toEqual(['session-opened']);
  });

  test('leads nobody astray: the answer goes to the registered address, whatever the request says', async () => {
    const mortise = await place.federatedMortise();
    const asked: string[] = [];
    const site = await serveWeb(place.tls, 'elsewhere.localhost', ({ path }, response) => {
      asked.push(path);
      sendHtml(response, '');
    });
    const person = await place.person();
    await openApplication(person.page, place.entra, 'usual');
    await person.page.goto(`${person.page.url()}&wreply=${encodeURIComponent(`${site}/answer`)}`);
    await typePassword(person.page);
    const { issued } = await expectSignedIn(place, person, mortise, 'usual');
    expect(asked).toEqual([]);
    expect(issued.notes.join()).toContain(`wreply ${site}/answer is not registered`);
  });

  test('learns nothing from where a person comes: no address of ours is told to it', async () => {
    const referrers: (string | undefined)[] = [];
    const site = await serveWeb(place.tls, 'elsewhere.localhost', ({ path, request }, response) => {
      if (path === '/help') referrers.push(request.headers.referer);
      sendHtml(response, '<h1>Help</h1>');
    });
    await place.federatedMortise({ signIn: { branding: { helpText: 'Help', helpUrl: `${site}/help` } } });
    const { page } = await place.person();
    await openApplication(page, place.entra, 'usual');
    await page.getByRole('link', { name: 'Help' }).click();
    await page.waitForURL(`${site}/help`);
    expect(referrers).toEqual([undefined]);
  });
});
