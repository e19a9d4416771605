/**
 * How much of the machine's RSA limit the assertion writer reaches: signed assertions a second against bare RSA-SHA256
 * signatures a second, both over the thread pool with the same number in flight. Takes about ten seconds.
 *
 *   node bench/assertion.ts [modulus bits, 2048 and 3072 when absent]
 */
import { sign } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createKeyMaterial } from '../src/keys/create.ts';
import { signingKeyOf } from '../src/keys/protection.ts';
import type { SigningKey } from '../src/keys/signing-key.ts';
import type { Saml11Assertion } from '../src/saml/assertion.ts';
import { signSaml11Assertion } from '../src/saml/saml11.ts';

const ROUNDS = 4;
const ROUND_MS = 600;
const IN_FLIGHT = 4 * availableParallelism();

const now = new Date();

/** A device's assertion of the usual size. */
const assertion: Saml11Assertion = {
  id: '_6f1b7c1e-8a57-4c0e-9f0e-2f6c5b7a9d10',
  issuer: 'https://idp.example.test/applications/2f0d6a60-7d4e-4b8e-8a3c-51f6b6f7a111',
  audience: 'urn:federation:MicrosoftOnline',
  nameIdentifier: {
    value: 'q83vEjRWeJASNFZ4kKvN7w==',
    format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  },
  claims: [
    ['accounttype', 'http://schemas.microsoft.com/ws/2012/01', 'DJ'],
    ['onpremobjectguid', 'http://schemas.microsoft.com/identity/claims', 'q83vEjRWeJASNFZ4kKvN7w=='],
    [
      'primarysid',
      'http://schemas.microsoft.com/ws/2008/06/identity/claims',
      'S-1-5-21-1004336348-1177238915-682003330-1104',
    ],
    ['ImmutableID', 'http://schemas.microsoft.com/LiveID/Federation/2008/05', 'q83vEjRWeJASNFZ4kKvN7w=='],
    ['UPN', 'http://schemas.xmlsoap.org/claims', 'DESKTOP-01$@corp.example.test'],
  ].map(([name = '', namespace = '', value = '']) => ({ name, namespace, values: [value] })),
  issueInstant: now,
  notBefore: now,
  notOnOrAfter: new Date(now.getTime() + 3_600_000),
  authenticationMethod: 'urn:federation:authentication:windows',
  authenticationInstant: now,
};

/** SignedInfo has about this many bytes. */
const signedInfo = Buffer.alloc(800, 'x');

function bareSignature(key: SigningKey): Promise<unknown> {
  return new Promise((resolve, reject) => {
    sign('sha256', signedInfo, key.privateKey, (error, signature) =>
      error === null ? resolve(signature) : reject(error),
    );
  });
}

/** Operations a second, with IN_FLIGHT of them under way at any time. */
async function rate(operation: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let finished = 0;
  const keepOneGoing = async (): Promise<void> => {
    while (performance.now() - start < ROUND_MS) {
      await operation();
      finished++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, keepOneGoing));
  return finished / ((performance.now() - start) / 1000);
}

/** Best of the rounds, which alternate so that a busy machine slows both. */
async function compare(bits: number): Promise<void> {
  const key = signingKeyOf('bench', await createKeyMaterial({ name: 'bench', now, modulusBits: bits }));
  let bare = 0;
  let whole = 0;
  for (let round = 0; round < ROUNDS; round++) {
    bare = Math.max(bare, await rate(() => bareSignature(key)));
    whole = Math.max(whole, await rate(() => signSaml11Assertion(assertion, key)));
  }
  const percent = ((100 * whole) / bare).toFixed(0);
  console.log(
    `RSA-${bits}: ${whole.toFixed(0)} assertions/s, ${bare.toFixed(0)} bare signatures/s: ${percent} % of the RSA limit`,
  );
}

const wanted = process.argv[2];
for (const bits of wanted === undefined ? [2048, 3072] : [Number(wanted)]) await compare(bits);
