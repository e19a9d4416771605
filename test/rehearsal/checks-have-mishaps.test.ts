/** Every check of the local Entra and of the device has a mishap that fails it, or the reason why no setting or circumstance can. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allMishapNames } from '../../src/commands/rehearse.ts';

const BY_THE_DEVICE = 'the device writes its own request, and writes it right';
const BY_MORTISE = 'every assertion of Mortise has it';

/** Names of mishaps, or one reason. That each fails its check is tested with the mishap. */
const PROVOKED: Readonly<Record<string, readonly string[] | string>> = {
  'RLM-01': ['scp-tenant-id', 'upn-suffix-not-verified'],
  'RLM-02': ['domain-still-managed', 'scp-initial-domain'],
  'RLM-03': ['saml-protocol'],
  'RLM-04': ['mex-not-set', 'mex-http'],
  'MEX-01': ['mex-unreachable', 'mex-other-application'],
  'MEX-02': ['mex-sign-in-page'],
  'MEX-03': ['mex-is-federation-metadata'],
  'MEX-04': ['mex-copy-without-passwords'],
  'MEX-05': ['certificate-sign-in'],
  'MEX-06': ['mex-without-13'],
  'MEX-07': ['mex-http-addresses'],
  'MEX-08': ['mex-copy-without-policies'],
  'WST-01': ['negotiate-dropped'],
  'WST-02': ['wrong-spn', 'rc4-ticket', 'clock-skew-at-idp', 'old-service-password'],
  'WST-03': ['wrong-audience'],
  'WST-04': ['other-token-type'],
  'WST-05': ['disabled-computer', 'missing-anchor', 'directory-down', 'other-search-base', 'other-network'],
  'TOK-01': BY_THE_DEVICE,
  'TOK-02': BY_THE_DEVICE,
  'TOK-20': ['registration-disabled'],
  'TOK-03': BY_THE_DEVICE,
  'TOK-04': BY_MORTISE,
  'TOK-05': BY_MORTISE,
  'TOK-06': ['wrong-issuer'],
  'TOK-07': BY_MORTISE,
  'TOK-08': ['wrong-signing-certificate'],
  'TOK-09': ['answer-reformatted'],
  'TOK-10': 'Mortise takes no key below 2048 bits',
  'TOK-11': ['clock-skew-at-entra', 'clock-behind-at-idp'],
  'TOK-12': 'Mortise refuses another AppliesTo than its audience first (DBL-WST-03)',
  'TOK-13': BY_MORTISE,
  'TOK-14': ['missing-immutable-id'],
  'TOK-15': ['unknown-immutable-id', 'person-not-synchronised'],
  'TOK-22': ['addresses-of-other-domain'],
  'TOK-16': ['wrong-name-format', 'missing-attribute'],
  'TOK-17': ['guid-as-text'],
  'TOK-18': ['wrong-anchor'],
  'TOK-19': BY_THE_DEVICE,
  'TOK-23': ['person-disabled-in-entra'],
  'PRT-01': BY_THE_DEVICE,
  'PRT-02': ['device-disabled', 'device-deleted'],
  'TOK-21': ['registration-blocked'],
  'WSF-01': 'the answer comes from Mortise, which returns wctx byte for byte',
  'WSF-02': 'the answer comes from Mortise, in the form of the application',
  'WSF-03': ['mfa-loop'],
  'DRS-01': ['scp-other-domain'],
  'DRS-02': ['authorization-dropped'],
  'DRS-03': 'the local Entra makes the token itself',
  'DRS-04': BY_THE_DEVICE,
  'DRS-05': BY_THE_DEVICE,
  'DRS-06': ['too-many-attempts'],
  'DRS-07': ['domain-still-managed', 'earlier-user-certificate'],
  'DRS-08': ['device-clock'],
  'DRS-09': ['device-disabled', 'device-deleted'],
};

test('every check of docs/local-entra.md is here', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/local-entra.md'), 'utf8');
  const checks = [...page.matchAll(/^\| DBL-([A-Z]{3}-\d\d) \|/gm)].map((match) => match[1] ?? '');
  expect(Object.keys(PROVOKED).toSorted()).toEqual(checks.toSorted());
});

test('every mishap that is named here exists', () => {
  const named = Object.values(PROVOKED).flatMap((one) => (typeof one === 'string' ? [] : one));
  expect(named.filter((name) => !allMishapNames().includes(name))).toEqual([]);
});
