/**
 * The policies of a sample directory, as the directory itself judges by them: the fine-grained one that holds for an
 * account where it says so, or its domain's. Does not own: counting and changing passwords (sample-passwords.ts).
 */
import { texts } from './entry.ts';
import type { Entry } from './entry.ts';
import { domainDnOf, policyAttributes } from './lockout.ts';
import { normalDn } from './sample-matching.ts';

export function entryAt(entries: readonly Entry[], dn: string): Entry | undefined {
  const name = normalDn(dn);
  return entries.find((entry) => normalDn(entry.dn) === name);
}

/** Without any, nothing locks. */
export function lockoutPolicyIn(
  entries: readonly Entry[],
  entry: Entry,
): { readonly threshold: number; readonly observationWindowMs: number } {
  const { fine, domain } = policiesOf(entries, entry);
  return (
    (fine && policyAttributes(fine, 'fine-grained')) ??
    (domain && policyAttributes(domain, 'domain')) ?? { threshold: 0, observationWindowMs: 0 }
  );
}

/** Of a new password; 0 where no policy says one. */
export function minimumLengthIn(entries: readonly Entry[], entry: Entry): number {
  const { fine, domain } = policiesOf(entries, entry);
  const [length] = [
    ...(fine === undefined ? [] : texts(fine, 'msDS-MinimumPasswordLength')),
    ...(domain === undefined ? [] : texts(domain, 'minPwdLength')),
  ];
  return Number(length ?? 0);
}

function policiesOf(
  entries: readonly Entry[],
  entry: Entry,
): { readonly fine: Entry | undefined; readonly domain: Entry | undefined } {
  const [pso] = texts(entry, 'msDS-ResultantPSO');
  const domain = domainDnOf(entry.dn);
  return {
    fine: pso === undefined ? undefined : entryAt(entries, pso),
    domain: domain === undefined ? undefined : entryAt(entries, domain),
  };
}
