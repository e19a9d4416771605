/**
 * Mortise as other people's software sees it: an application with passport-wsfed-saml2 that a browser goes to and comes
 * back to, and the federation metadata by which such an application is set up.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labPersonImmutableId, PASSWORD_PEOPLE } from '../../lab/people.ts';
import { run } from '../../lab/run.ts';
import { counterpart } from '../counterparts.ts';
import { browserAvailable, PATIENCE } from './browser/chromium.ts';
import { startPassportApplication } from './browser/passport-application.ts';
import { openPlace } from './browser/place.ts';
import type { Place } from './browser/place.ts';
import { typePassword, upn } from './browser/steps.ts';
import type { Mortise } from './mortise.ts';

const xmlsec1 = counterpart('xmlsec1');
const UPN = 'http://schemas.xmlsoap.org/claims/UPN';
const IMMUTABLE_ID = 'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID';
const METADATA = '/FederationMetadata/2007-06/FederationMetadata.xml';

const thumbprintOf = (der: Uint8Array): string => createHash('sha1').update(der).digest('hex').toUpperCase();

describe.skipIf(!browserAvailable)('somebody else’s application', PATIENCE, () => {
  let place: Place;
  let thumbprint: string;
  beforeAll(async () => {
    place = await openPlace();
    thumbprint = thumbprintOf(new X509Certificate(readFileSync(place.signingCertificateFile)).raw);
  });
  afterAll(async () => {
    await place?.close();
  });

  const start = async (wsTrustVersion: '1.2' | '1.3' = '1.2') => {
    const application = await startPassportApplication(place.tls);
    const { replyUrl } = application;
    const mortise = await place.mortise({ browser: { application: { replyUrl, wsTrustVersion } } });
    return { application, mortise };
  };
  type Application = Awaited<ReturnType<typeof start>>['application'];

  const signIn = async ({ address, replyUrl }: Application): Promise<string> => {
    const { page } = await place.person();
    await page.goto(`${address}?login_hint=${upn('usual')}`);
    const posted = page.waitForRequest((request) => request.method() === 'POST' && request.url() === replyUrl);
    await typePassword(page);
    const form = new URLSearchParams((await posted).postData() ?? '');
    await page.waitForURL(replyUrl);
    return form.get('wresult') ?? '';
  };
  const PROFILE = {
    [UPN]: upn('usual'),
    [IMMUTABLE_ID]: labPersonImmutableId(PASSWORD_PEOPLE.usual),
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier': labPersonImmutableId(PASSWORD_PEOPLE.usual),
  };

  test.each([
    ['1.2', 'http://schemas.xmlsoap.org/ws/2005/02/trust'],
    ['1.3', 'http://docs.oasis-open.org/ws-sx/ws-trust/200512'],
  ] as const)('with passport-wsfed-saml2 gets a person’s profile, by WS-Trust %s', async (version, namespace) => {
    const { application, mortise } = await start(version);
    application.trust({ address: mortise.urls.passiveSignInUri, thumbprint });
    expect(await signIn(application)).toMatch(new RegExp(`^<\\w+:RequestSecurityToken\\w+ xmlns:\\w+="${namespace}"`));
    expect(application.outcomes).toEqual([expect.objectContaining(PROFILE)]);
  });

  test('that goes to AD FS’s address is answered there', async () => {
    const { application, mortise } = await start();
    application.trust({ address: `${new URL(mortise.urls.passiveSignInUri).origin}/adfs/ls/`, thumbprint });
    await signIn(application);
    expect(application.outcomes).toEqual([expect.objectContaining(PROFILE)]);
  });

  test('that trusts another certificate takes nothing', async () => {
    const { application, mortise } = await start();
    application.trust({ address: mortise.urls.passiveSignInUri, thumbprint: thumbprint.replaceAll(/[0-9]/g, 'F') });
    await signIn(application);
    expect(application.outcomes).toEqual([expect.stringContaining('Invalid thumbprint')]);
  });

  describe.skipIf(xmlsec1 === undefined)('that is set up by the federation metadata', () => {
    const metadataOf = async ({ urls, port, caFile }: Mortise): Promise<string> => {
      const { hostname, origin } = new URL(urls.passiveSignInUri);
      const toHere = ['--resolve', `${hostname}:${port}:127.0.0.1`, '--cacert', caFile];
      return run('curl', ['--silent', '--show-error', '--fail', ...toHere, `${origin}${METADATA}`]);
    };
    /** Of an element that is named with its attribute for ids; the certificate in it must be the trusted one. */
    const verify = (
      document: string,
      certificate: string,
      [attribute, element]: readonly string[],
    ): Promise<string> => {
      const trusted = ['--enabled-key-data', 'x509', '--trusted-pem', certificate];
      return run('xmlsec1', ['--verify', ...trusted, `--id-attr:${attribute}`, element ?? '', '-'], {
        input: document,
      });
    };
    const ENTITY = ['ID', 'urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor'];
    const ASSERTION = ['AssertionID', 'urn:oasis:names:tc:SAML:1.0:assertion:Assertion'];

    test('knows where to go and whom to believe: xmlsec1 verifies both it and the assertion that comes', async () => {
      const { application, mortise } = await start();
      const metadata = await metadataOf(mortise);
      await verify(metadata, place.signingCertificateFile, ENTITY);
      const changed = metadata.replace('/wsf/prp/', '/wsf/prq/');
      await expect(verify(changed, place.signingCertificateFile, ENTITY)).rejects.toThrow('xmlsec1 ended with');

      const address = /PassiveRequestorEndpoint.*?Address>(?<address>[^<]+)</s.exec(metadata)?.groups?.['address'];
      const published = /KeyDescriptor use="signing".*?X509Certificate>(?<certificate>[^<]+)</s.exec(metadata);
      const der = Buffer.from(published?.groups?.['certificate'] ?? '', 'base64');
      expect(address).toBe(mortise.urls.passiveSignInUri);
      expect(metadata).toContain(`entityID="${mortise.urls.issuerUri}"`);
      application.trust({ address: address ?? '', thumbprint: thumbprintOf(der) });
      const wresult = await signIn(application);
      expect(application.outcomes).toEqual([expect.objectContaining(PROFILE)]);

      const pem = join(place.lab.folder, 'published.pem');
      await writeFile(pem, new X509Certificate(der).toString());
      const [assertion = ''] = /<(?:\w+:)?Assertion\b.*<\/(?:\w+:)?Assertion>/s.exec(wresult) ?? [];
      await verify(assertion, pem, ASSERTION);
      const forged = assertion.replace(upn('usual'), upn('expired'));
      await expect(verify(forged, pem, ASSERTION)).rejects.toThrow('xmlsec1 ended with');
    });
  });
});
