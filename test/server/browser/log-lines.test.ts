/** Every line about a sign-in in the browser leads to its record, and to what the application calls the request. */
import { expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { ALWAYS, enrolApp, typeCode } from './factors.ts';
import { ACCOUNT, openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';

useWorkspace();

const ID = '7d1f5a3e-0000-4000-8000-00000000000b';
const ADDRESS = `${PASSIVE}?${SIGN_IN}&client-request-id=${ID}`;

test('through passwords, second factors, tickets, forms of others and sign-out', async () => {
  const site = await openSite(ALWAYS);
  const browser = openBrowser(site);
  await browser.signIn('nora.keller', 'wrong', ADDRESS);
  const { secret } = await enrolApp(site, browser, await browser.signIn(undefined, undefined, ADDRESS));
  const other = openBrowser(site);
  const page = await other.signIn(undefined, undefined, ADDRESS);
  await other.submit(page, 'totp', { code: '000000' });
  await typeCode(site, other, await other.open(page.address), secret);
  await other.open(`${PASSIVE}?wa=wsignout1.0&client-request-id=${ID}`);
  await browser.send(ADDRESS, { method: 'POST', body: 'step=password&csrf=x' });
  const silent = openBrowser(site, { 'user-agent': 'Chrome/140' });
  await silent.open(ADDRESS);
  const { token } = site.mint('nora.keller');
  await silent.open(ADDRESS, { headers: { authorization: `Negotiate ${Buffer.from(token).toString('base64')}` } });
  // Of these the record knows no request id either.
  await browser.open(`${PASSIVE}?wa=unknown`);
  await browser.open(`${ACCOUNT}0`);

  const lines = site.logged.filter(({ endpoint }) => endpoint !== undefined);
  const records = await site.records();
  const withoutRecord = ['asked for a Kerberos ticket', 'a form was not taken'];
  const recorded = lines.filter(({ msg }) => !withoutRecord.includes(String(msg)));
  expect(recorded.map(({ activity, requestId, endpoint }) => ({ id: activity, requestId, endpoint }))).toEqual(
    records.map(({ id, requestId, endpoint }) => ({ id, requestId, endpoint })),
  );
  expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set(['issued', 'refused', 'done']));
  expect(records.filter(({ requestId }) => requestId === ID).length).toBeGreaterThan(7);
  for (const msg of withoutRecord) {
    const said = lines.filter((line) => line['msg'] === msg);
    expect(said.length, msg).toBeGreaterThan(0);
    for (const line of said) expect(line).toMatchObject({ requestId: ID });
  }
});
