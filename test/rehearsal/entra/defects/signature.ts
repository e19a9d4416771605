/** Token requests with one defect: the signature. */
import { ALGORITHM, OBJECT_SID, sign } from '../assertion-fixture.ts';
import { idp, stranger, weak, OTHER_COMPUTER, unsigned, tamper } from '../token-fixture.ts';
import type { Defect } from '../token-fixture.ts';

export const SIGNATURE_DEFECTS: readonly Defect[] = [
  ['DBL-TOK-07', 500081, 'no signature', { xml: unsigned }],
  [
    'DBL-TOK-07',
    500081,
    'inclusive canonicalisation of SignedInfo',
    { xml: () => sign(unsigned(), idp, { canonicalizationAlgorithm: ALGORITHM.c14n }) },
  ],
  [
    'DBL-TOK-07',
    500081,
    'inclusive canonicalisation of the assertion',
    { xml: () => sign(unsigned(), idp, { transforms: [ALGORITHM.enveloped, ALGORITHM.c14n] }) },
  ],
  [
    'DBL-TOK-07',
    500081,
    'the transforms in the other order',
    { xml: () => sign(unsigned(), idp, { transforms: [ALGORITHM.excC14n, ALGORITHM.enveloped] }) },
  ],
  [
    'DBL-TOK-07',
    500081,
    'one transform only',
    { xml: () => sign(unsigned(), idp, { transforms: [ALGORITHM.enveloped] }) },
  ],
  [
    'DBL-TOK-07',
    500081,
    'the signature in front',
    { xml: () => sign(unsigned(), idp, { location: { reference: '/*', action: 'prepend' } }) },
  ],
  ['DBL-TOK-08', 5000811, 'another certificate', { xml: () => sign(unsigned(), stranger) }],
  [
    'DBL-TOK-08',
    5000811,
    "the right key under another's certificate",
    { xml: () => sign(unsigned(), idp, { keyInfoCertificate: stranger.certificate }) },
  ],
  [
    'DBL-TOK-09',
    50006,
    'another key under the registered certificate',
    { xml: () => sign(unsigned(), stranger, { keyInfoCertificate: idp.certificate }) },
  ],
  [
    'DBL-TOK-09',
    50006,
    'another key, no KeyInfo',
    { xml: () => sign(unsigned(), stranger, { keyInfoCertificate: null }) },
  ],
  ['DBL-TOK-09', 50006, 'a value changed after signing', { xml: tamper(OBJECT_SID, OTHER_COMPUTER.objectSid) }],
  ['DBL-TOK-09', 50006, 'white space added after signing', { xml: tamper('<saml:Conditions', '\n<saml:Conditions') }],
  [
    'DBL-TOK-09',
    50006,
    'an attribute added after signing',
    { xml: tamper('<saml:Conditions', '<saml:Conditions a="b"') },
  ],
  [
    'DBL-TOK-10',
    50032,
    'a key of 1024 bits',
    { xml: () => sign(unsigned(), weak), federation: { signingCertificate: weak.certificate } },
  ],
  ['DBL-TOK-10', 500081, 'RSA-SHA1', { xml: () => sign(unsigned(), idp, { signatureAlgorithm: ALGORITHM.rsaSha1 }) }],
  ['DBL-TOK-10', 500081, 'a SHA-1 digest', { xml: () => sign(unsigned(), idp, { digestAlgorithm: ALGORITHM.sha1 }) }],
];
