/** FederationMetadata.xml where AD FS has it: for the host's application, signed, and not signed anew for everybody. */
import { createHash, verify, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseXml } from '../../../src/xml/parse.ts';
import { attribute, everyElement } from '../../pages/read-page.ts';
import { openBrowser } from './browser.ts';
import { APP, HOST, openSite, useWorkspace } from './site.ts';

useWorkspace();

const METADATA = '/FederationMetadata/2007-06/FederationMetadata.xml';
const OTHER = '4afaa6b9-1497-44b6-b1ce-1a6d396f7f70';

const read = (text: string) => {
  const root = parseXml(Buffer.from(text));
  const named = (local: string) => everyElement(root).filter((element) => element.local === local);
  return { root, entityId: attribute(root, 'entityID'), id: attribute(root, 'ID'), named };
};

describe('the document', () => {
  test('names the issuer, the passive address, and the certificate that assertions are signed with', async () => {
    const site = await openSite();
    const answer = await openBrowser(site).send(METADATA);
    expect([answer.status, answer.headers['content-type']]).toEqual([
      200,
      'application/samlmetadata+xml; charset=utf-8',
    ]);
    const { root, entityId, named } = read(answer.text);
    expect([root.local, entityId]).toEqual(['EntityDescriptor', `https://${HOST}/applications/${APP}`]);
    expect(answer.text).toContain(`<wsa:Address>https://${HOST}/wsf/prp/${APP}</wsa:Address>`);
    const [key] = await site.store.signingKeys.list();
    const certificate = Buffer.from(key?.certificate ?? []).toString('base64');
    expect(new Set(named('X509Certificate').map(({ text }) => text))).toEqual(new Set([certificate]));
  });

  test('is signed with that key', async () => {
    const site = await openSite();
    const { text } = await openBrowser(site).send(METADATA);
    const { named } = read(text);
    const [key] = await site.store.signingKeys.list();
    const { publicKey } = new X509Certificate(Buffer.from(key?.certificate ?? []));
    const value = Buffer.from(named('SignatureValue')[0]?.text ?? '', 'base64');
    // Written canonical: what is signed is what stands there, but for the namespaces that it inherits.
    const [info = ''] = /<(\w+:)?SignedInfo[\s\S]*<\/(\w+:)?SignedInfo>/.exec(text) ?? [];
    const inherited = info.includes('xmlns:ds=')
      ? info
      : info.replace('<ds:SignedInfo', '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"');
    expect(verify('sha256', Buffer.from(inherited), publicKey, value)).toBe(true);
  });

  test('is there in both spellings, and is the same', async () => {
    const browser = openBrowser(await openSite());
    const upper = await browser.send(METADATA);
    const lower = await browser.send(METADATA.toLowerCase());
    expect([lower.status, lower.text]).toEqual([200, upper.text]);
  });

  test('is of the host’s application', async () => {
    const site = await openSite({
      application: { hostNames: ['sso.one.test'] },
      more: [{ id: OTHER, hostNames: ['sso.two.test'] }],
    });
    const idAt = async (host: string) => read((await openBrowser(site, { host }).send(METADATA)).text).entityId;
    expect(await idAt('sso.one.test')).toBe(`https://${HOST}/applications/${APP}`);
    expect(await idAt('SSO.two.test:443')).toBe(`https://${HOST}/applications/${OTHER}`);
    const none = await openBrowser(site, { host: 'sso.three.test' }).open(METADATA);
    expect([none.status, none.text.includes('unknown-application')]).toEqual([404, true]);
    expect(await site.lastRecord()).toMatchObject({ refusal: { actual: 'sso.three.test' } });
  });
});

describe('signing it costs', () => {
  const idOf = (text: string): string | undefined => read(text).id;

  test('so whoever asks again within ten minutes gets the same', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const first = await browser.send(METADATA);
    expect(first.headers).toMatchObject({
      'cache-control': 'public, max-age=600',
      'x-content-type-options': 'nosniff',
    });
    site.passTime(599_000);
    expect((await browser.send(METADATA)).text).toBe(first.text);
    site.passTime(2_000);
    expect(idOf((await browser.send(METADATA)).text)).not.toBe(idOf(first.text));
  });

  test('and many at once get one', async () => {
    const site = await openSite();
    const texts = await Promise.all(
      Array.from({ length: 20 }, async () => (await openBrowser(site).send(METADATA)).text),
    );
    expect(new Set(texts.map((text) => createHash('sha256').update(text).digest('hex'))).size).toBe(1);
  });

  test('it records nothing, and knows nobody', async () => {
    const site = await openSite();
    const { headers } = await openBrowser(site).send(METADATA);
    expect(headers).not.toHaveProperty('set-cookie');
    expect(await site.records()).toEqual([]);
  });
});
