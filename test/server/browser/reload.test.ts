/** What a person at the sign-in page notices of a changed configuration: the next page, and nothing lost. */
import { expect, test } from 'vitest';
import { openBrowser, postedBy } from './browser.ts';
import { openSite, useWorkspace } from './site.ts';

useWorkspace();

const STYLE = /\/assets\/style-[0-9a-f]+\.css/;
const METADATA = '/FederationMetadata/2007-06/FederationMetadata.xml';
const branded = (accentColour: string, organisationName: string) => ({
  signIn: { branding: { accentColour, organisationName } },
});

test('a form that was shown before is taken after, and the next page has the new branding', async () => {
  const site = await openSite(branded('#123456', 'Before'));
  const browser = openBrowser(site);
  const page = await browser.open();
  await site.reload(branded('#654321', 'After'));
  const [style = ''] = STYLE.exec(page.text) ?? [];
  expect((await browser.send(style)).text).toContain('#123456');
  const fields = { username: 'nora.keller@corp.example.test', password: 'wrong' };
  const next = await browser.submit(page, 'password', fields);
  expect(next.text).toContain('After');
  const [restyled = ''] = STYLE.exec(next.text) ?? [];
  expect((await browser.send(restyled)).text).toContain('#654321');
  expect((await browser.send('/assets/style-0000000000000000.css')).status).toBe(404);
});

test('who is signed in stays so', async () => {
  const site = await openSite();
  const browser = openBrowser(site);
  postedBy(await browser.signIn());
  await site.reload(branded('#654321', 'After'));
  const again = postedBy(await browser.open());
  expect(again.action).toBe('https://login.microsoftonline.com/login.srf');
});

test('federation metadata is signed anew for what it names now', async () => {
  const site = await openSite(branded('#123456', 'Before'));
  const browser = openBrowser(site);
  expect((await browser.send(METADATA)).text).toContain('Before');
  await site.reload(branded('#123456', 'After'));
  expect((await browser.send(METADATA)).text).toContain('After');
});
