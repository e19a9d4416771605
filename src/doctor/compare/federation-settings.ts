/**
 * The federation settings of a domain in Entra beside what its application serves: findings for what is wrong, and one with
 * the whole table. Owns which application that is; the properties are judged in federation-checks.ts.
 */
import type { FederationSettings } from '../../entra/federation-settings.ts';
import type { FederationCapture } from '../capture.ts';
import type { Finding } from '../finding.ts';
import type { DoctorConfiguration } from '../given.ts';
import { checkFederation } from './federation-checks.ts';
import { correction, differing, GRAPH } from './federation-finding.ts';
import { federationRows, propertyOf } from './federation-rows.ts';

type Candidate = DoctorConfiguration['applications'][number];

/** `at`: certificates are judged at this time; without it they are shown. The table (DOC-GR-20) is the last finding. */
export function compareFederation(
  capture: FederationCapture,
  configuration: DoctorConfiguration | undefined,
  at: Date | undefined,
): readonly Finding[] {
  const candidate = configuration === undefined ? undefined : applicationOf(capture, configuration);
  const served = candidate?.served;
  const compared = { capture, served, domain: capture.domain ?? candidate?.application.domainName, at };
  const rows = federationRows(capture, served);
  const unmatched = configuration !== undefined && candidate === undefined ? [noApplication(capture)] : [];
  const different = rows.filter((row) => row.verdict === 'differs').map((row) => row.name);
  const table: Finding = {
    id: 'DOC-GR-20',
    severity: served !== undefined && different.length === 0 ? 'ok' : 'info',
    title: tableTitle(served, different, compared.domain),
    seen: capture.properties.slice(0, 1).map((property) => property.quote),
    cause: tableCause(configuration, candidate),
    fix: correction(compared, differing(compared)),
    source: GRAPH,
    confidence: 'documented',
    rows,
    consequences: [],
  };
  return [...unmatched, ...checkFederation(compared), table];
}

/** By domain, else by the application id inside the addresses, else the only one when the capture names neither. */
function applicationOf(capture: FederationCapture, { applications }: DoctorConfiguration): Candidate | undefined {
  const domain = capture.domain?.toLowerCase();
  const byDomain = applications.find(({ application }) => application.domainName.toLowerCase() === domain);
  if (byDomain !== undefined || domain !== undefined) return byDomain;
  const addresses = ['IssuerUri', 'MetadataExchangeUri', 'ActiveSignInUri', 'PassiveSignInUri']
    .map((name) => propertyOf(capture, name)?.value.toLowerCase() ?? '')
    .join(' ');
  const byId = applications.find(({ application }) => addresses.includes(application.id.toLowerCase()));
  return byId ?? (applications.length === 1 ? applications[0] : undefined);
}

function tableTitle(
  served: FederationSettings | undefined,
  different: readonly string[],
  domain: string | undefined,
): string {
  const of = domain === undefined ? '' : ` of ${domain}`;
  if (served === undefined) return `Federation settings${of}, as Entra has them`;
  if (different.length === 0) return `Federation settings${of} are what Mortise serves`;
  return `Federation settings${of}: ${different.length} of them differ from what Mortise serves`;
}

function tableCause(configuration: DoctorConfiguration | undefined, candidate: Candidate | undefined): string {
  if (configuration === undefined) return 'Without --config nothing is compared; each setting is shown.';
  if (candidate === undefined) return 'No application of the configuration was found for it; each setting is shown.';
  if (candidate.served === undefined)
    return 'The store has no signing key for the application, so what it serves cannot be told; each setting is shown.';
  return 'Each setting beside what the application serves.';
}

function noApplication(capture: FederationCapture): Finding {
  return {
    id: 'DOC-GR-17',
    severity: 'warning',
    title: `The configuration has no application for ${capture.domain ?? 'these federation settings'}`,
    seen: capture.properties.slice(0, 1).map((property) => property.quote),
    cause: 'The capture is of another domain, or the application’s domainName is another.',
    fix: [
      {
        text: 'Capture the domain that `domainName` names, or correct `domainName`. Which domains the configuration serves:',
        command: 'mortise check --config mortise.yaml',
      },
    ],
    source: GRAPH,
    confidence: 'inferred',
    consequences: [],
  };
}
