/** The primary refresh token's own checks: nonce, device, and whose assertion it is. */
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createNonces } from '../../../src/rehearsal/entra/primary-refresh-token.ts';
import { SOUND_PLAN } from '../../../src/rehearsal/plan.ts';
import { rehearseJoin } from '../../../src/rehearsal/rehearse.ts';
import { openWorld } from '../../../src/rehearsal/world.ts';
import type { World } from '../../../src/rehearsal/world.ts';

const now = new Date('2026-03-02T10:00:00Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);

test('a nonce is good once, for five minutes', () => {
  const nonces = createNonces();
  const nonce = nonces.issue(now);
  expect(nonces.use(nonce, later(299_000))).toBe(true);
  expect(nonces.use(nonce, later(299_001)), 'again').toBe(false);
  expect(nonces.use(nonces.issue(now), later(300_001)), 'too late').toBe(false);
  expect(nonces.use('made-up', now)).toBe(false);
});

async function ask(world: World, parameters: Readonly<Record<string, string>>) {
  const answer = await world.device.http.send({
    method: 'POST',
    url: `${world.entra.urls.login}/common/oauth2/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(parameters).toString(),
  });
  return { status: answer.status, body: JSON.parse(answer.body.toString()) as Record<string, unknown> };
}

describe('a request', () => {
  const prepared = async () => {
    const world = await openWorld(SOUND_PLAN, { fallback: 'disabled', port: 0 });
    const { joined } = await rehearseJoin(world, () => undefined);
    if (joined === undefined) throw new Error('the device did not join');
    return { world, registered: joined.registered };
  };

  test.each([
    ['with a made-up nonce', 'DBL-PRT-01', { nonce: 'made-up' }],
    ['signed with another key', 'DBL-PRT-02', { otherKey: true }],
    ['with the certificate of nobody', 'DBL-PRT-02', { noCertificate: true }],
  ])('%s is refused', async (_, check, defect: { nonce?: string; otherKey?: boolean; noCertificate?: boolean }) => {
    const { world, registered } = await prepared();
    try {
      const { body } = await ask(world, { grant_type: 'srv_challenge' });
      const key =
        defect.otherKey === undefined
          ? registered.privateKey
          : generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      const x5c = defect.noCertificate === undefined ? [registered.certificate.raw.toString('base64')] : ['AAAA'];
      const request = await new SignJWT({
        request_nonce: defect.nonce ?? String(body['Nonce']),
        grant_type: 'urn:ietf:params:oauth:grant-type:saml1_1-bearer',
        assertion: 'AAAA',
      })
        .setProtectedHeader({ alg: 'RS256', x5c })
        .sign(key);
      const answer = await ask(world, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', request });
      expect(answer.status).toBe(400);
      expect(world.entra.requests().at(-1)?.refusal?.check).toBe(check);
    } finally {
      await world.close();
    }
  });
});
