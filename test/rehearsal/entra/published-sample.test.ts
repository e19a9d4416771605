/**
 * The device assertion and access token that a public write-up shows: the one is accepted here, the other's shape is ours.
 * An extra: the samples lie beside the checkout, where they are present.
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { issueDeviceToken } from '../../../src/rehearsal/entra/access-token.ts';
import { createTenant } from '../../../src/rehearsal/entra/tenant.ts';
import { acceptTokenRequest } from '../../../src/rehearsal/entra/token.ts';
import { sign, signingIdentity } from './assertion-fixture.ts';

const samples = join(import.meta.dirname, '../../../../shared/samples/specs');
const read = (name: string): string => readFileSync(join(samples, name), 'utf8');

describe.skipIf(!existsSync(samples))('the published sample', () => {
  test('is accepted once signed, and gives a token of the published shape', async () => {
    const idp = await signingIdentity();
    // The publisher redacted the signature and left a comment in its place.
    const xml = read('dj-saml11-assertion.published.xml')
      .replaceAll(/<!--.*?-->/gs, '')
      .trim();
    const tenant = createTenant(
      {
        tenantId: '8c63b77b-19de-4b04-a8b2-ae8bb19a00fe',
        tenantName: 'Company',
        domains: [
          {
            name: 'company.com',
            verified: true,
            federation: {
              issuerUri: 'http://e5.myo365.site/adfs/services/trust/',
              signingCertificate: idp.certificate,
            },
          },
        ],
        syncedUsers: [],
      },
      () => 'id',
    );
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:saml1_1-bearer',
      assertion: Buffer.from(sign(xml, idp)).toString('base64'),
      client_id: '1b730954-1685-4b74-9bfd-dac224a7b894',
      resource: '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9',
    };
    const body = Buffer.from(new URLSearchParams(form).toString());
    const now = new Date('2021-02-21T15:13:20Z');
    const computers = [
      {
        name: 'DESKTOP-4A5AE8',
        objectGUID: '5c0c4151-e2aa-435e-987a-a97ae798c444',
        objectSid: 'S-1-5-21-126850608-2097551590-1142751551-1260',
      },
    ];
    const accepted = acceptTokenRequest(
      { method: 'POST', authority: 'common', contentType: 'application/x-www-form-urlencoded', body, version: 'v1' },
      { tenant, computers, now, clockSkewMs: 300_000 },
    );
    if (accepted.kind !== 'device') throw new Error('the published assertion is a device’s');
    expect(accepted.device.accepted.ignored).toEqual([]);
    const keys = { kid: 'k', ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
    const issued = await issueDeviceToken(accepted.form, accepted.device, {
      keys,
      tenantId: tenant.id,
      now,
      tokenId: 'u',
    });
    const { iat, nbf, exp, uti, ...payload } = decodeJwt(issued.access_token);
    expect([iat, nbf, exp, uti]).not.toContain(undefined);
    const { _note, ...published } = JSON.parse(read('dj-access-token-payload.published.json')) as Record<
      string,
      unknown
    >;
    expect(Object.keys(payload).toSorted()).toEqual(Object.keys(published).toSorted());
    // Issuer and SID of the two published documents are of different machines.
    const { idp: _idp, unique_name: _name, primary_sid: _sid, ...same } = published;
    expect(payload).toMatchObject(same);
  });
});
