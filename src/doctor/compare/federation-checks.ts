/**
 * What can be wrong with single federation settings of a domain in Entra, each as a finding with the command that corrects
 * it. With what the application serves a property is compared; without it only what the capture says by itself is judged.
 */
import type { Finding } from '../finding.ts';
import { checkCertificates } from './federation-certificates.ts';
import { differing, finding, GRAPH, VENDOR } from './federation-finding.ts';
import type { Changes, Compared, Said } from './federation-finding.ts';
import { isCut, propertyOf } from './federation-rows.ts';

/** Entra prints it in the place of a value that is not set. */
const isEmpty = (value: string): boolean => value === '' || /^(?:null|\$null)$/i.test(value);

/** DOC-GR-08 reports these; nothing else about them is worth saying. */
const LOST_SLASH = /^https?:\/(?!\/)/i;

export function checkFederation(compared: Compared): readonly Finding[] {
  return [
    ...checkProtocol(compared),
    ...checkMetadataExchange(compared),
    ...checkIssuer(compared),
    ...checkCertificates(compared),
    ...checkSlashes(compared),
    ...checkAddresses(compared),
    ...checkMfa(compared),
    ...checkOneApplication(compared),
  ];
}

function checkProtocol(compared: Compared): readonly Finding[] {
  const property = propertyOf(compared.capture, 'PreferredAuthenticationProtocol');
  if (property === undefined || property.value.toLowerCase() === 'wsfed') return [];
  return [
    finding(compared, {
      id: 'DOC-GR-02',
      severity: 'error',
      title: 'The domain is not federated by WS-Federation',
      seen: [property],
      expected: 'wsFed',
      cause:
        'Only a domain with the protocol wsFed is announced to Windows with WS-Trust endpoints; with another the device finds none and cannot join by federation.',
      source: GRAPH,
      confidence: 'inferred',
      changes: { PreferredAuthenticationProtocol: 'wsFed' },
    }),
  ];
}

function checkMetadataExchange(compared: Compared): readonly Finding[] {
  const property = propertyOf(compared.capture, 'MetadataExchangeUri');
  if (property === undefined || isCut(property.value) || LOST_SLASH.test(property.value)) return [];
  const fault = metadataFault(property.value, compared.served?.MetadataExchangeUri);
  if (fault === undefined) return [];
  const without13 = property.value.replace(/\/wsf\/mex\//, '/wsf/mex13/');
  return [
    finding(compared, {
      id: 'DOC-GR-03',
      severity: 'error',
      seen: [property],
      expected: compared.served?.MetadataExchangeUri ?? 'https://<custom domain>/wsf/mex13/<application id>',
      source: VENDOR,
      confidence: 'vendor',
      ...(without13 === property.value ? {} : { changes: { MetadataExchangeUri: without13 } }),
      ...fault,
    }),
  ];
}

function metadataFault(
  value: string,
  served: string | undefined,
): (Pick<Said, 'title' | 'cause'> & Pick<Said, 'more'>) | undefined {
  if (isEmpty(value)) {
    return {
      title: 'MetadataExchangeUri is empty',
      cause: 'Windows learns from this address where to ask for a token. Without it no device joins by federation.',
    };
  }
  if (!/^https:\/\//i.test(value)) {
    return {
      title: 'MetadataExchangeUri is not an https address',
      cause: 'Windows fetches the metadata over https only.',
    };
  }
  if (/\/wsf\/mex\/[^/]*\/?$/.test(value) && value !== served) {
    return {
      title: 'MetadataExchangeUri lacks the 13',
      cause:
        'The address ends in /wsf/mex/<application id>, whose document lists no WS-Trust 1.3 endpoint. A device that joins asks for 1.3 and gives up (0xcaa90022).',
    };
  }
  if (/\/wsf\/mex\/[^/]*\/?$/.test(value)) {
    return {
      title: 'MetadataExchangeUri lacks the 13, and so does the configuration',
      cause:
        'The application has `useMex13: false`. A device that joins asks for WS-Trust 1.3 and gives up (0xcaa90022).',
      more: [{ text: 'Set `useMex13: true` in the application (or leave it out), restart serve, then correct Entra.' }],
    };
  }
  if (served !== undefined && value !== served) {
    return {
      title: 'MetadataExchangeUri is not the address that Mortise serves',
      cause: 'Windows looks for the endpoints at another address, or at those of another application.',
    };
  }
  return undefined;
}

function checkIssuer(compared: Compared): readonly Finding[] {
  const property = propertyOf(compared.capture, 'IssuerUri');
  const served = compared.served?.IssuerUri;
  if (property === undefined || served === undefined || property.value === served) return [];
  if (isCut(property.value) || LOST_SLASH.test(property.value)) return [];
  return [
    finding(compared, {
      id: 'DOC-GR-07',
      severity: 'error',
      title: 'IssuerUri is not the issuer of Mortise’s assertions',
      seen: [property],
      expected: served,
      cause: `Entra finds the domain of an assertion by its issuer and compares letter by letter${hint(property.value, served)}; the join ends in AADSTS50107.`,
      source: 'Microsoft Learn, Error AADSTS50107',
      confidence: 'documented',
    }),
  ];
}

function hint(value: string, served: string): string {
  if (value.replace(/\/+$/, '') === served) return ' (it ends in a slash too many)';
  return value.toLowerCase() === served.toLowerCase() ? ' (upper and lower case differ)' : '';
}

function checkSlashes(compared: Compared): readonly Finding[] {
  const broken = compared.capture.properties.filter(({ value }) => LOST_SLASH.test(value));
  if (broken.length === 0) return [];
  const repaired = broken.map(({ name, value }) => [name, value.replace(/^(https?:)\//i, '$1//')]);
  return [
    finding(compared, {
      id: 'DOC-GR-08',
      severity: 'error',
      title: `Slashes were lost in ${broken.map(({ name }) => name).join(', ')}`,
      seen: broken,
      expected: 'https:// with both slashes',
      cause: 'Microsoft.Graph 2.26 for PowerShell drops a slash of addresses that it writes.',
      source: 'GitHub, microsoftgraph/msgraph-sdk-powershell, issue 3184',
      confidence: 'observed',
      changes: Object.fromEntries(repaired) as Changes,
      more: [
        {
          text: 'Update the module first, and open a new PowerShell.',
          command: 'Update-Module Microsoft.Graph.Identity.DirectoryManagement',
        },
      ],
    }),
  ];
}

/** The addresses that a join does without; people do not. */
function checkAddresses(compared: Compared): readonly Finding[] {
  const changes = differing(compared);
  const names = (['PassiveSignInUri', 'ActiveSignInUri', 'SignOutUri'] as const).filter(
    (name) => name in changes && !LOST_SLASH.test(propertyOf(compared.capture, name)?.value ?? ''),
  );
  if (names.length === 0) return [];
  return [
    finding(compared, {
      id: 'DOC-GR-13',
      severity: names.length === 1 && names[0] === 'SignOutUri' ? 'warning' : 'error',
      title: `${names.join(', ')}: not what Mortise serves`,
      seen: names.map((name) => propertyOf(compared.capture, name)),
      expected: names.map((name) => changes[name]).join(', '),
      cause: 'Entra sends people, or clients that read no metadata, to another address.',
      source: GRAPH,
      confidence: 'documented',
    }),
  ];
}

function checkMfa(compared: Compared): readonly Finding[] {
  const property = propertyOf(compared.capture, 'FederatedIdpMfaBehavior');
  const served = compared.served?.FederatedIdpMfaBehavior;
  const enforces = property?.value === 'enforceMfaByFederatedIdp';
  if (property === undefined || isEmpty(property.value) || (!enforces && served === undefined)) return [];
  if (property.value === served || isCut(property.value)) return [];
  return [
    finding(compared, {
      id: 'DOC-GR-14',
      severity: 'warning',
      title: `FederatedIdpMfaBehavior is ${property.value}`,
      seen: [property],
      expected: 'acceptIfMfaDoneByFederatedIdp',
      cause: enforces
        ? 'Entra sends people back here for multifactor authentication; without its claim in the assertion they go in circles.'
        : 'Entra treats multifactor authentication otherwise than Mortise’s settings say. A device’s join does not depend on it.',
      source: GRAPH,
      confidence: 'documented',
      changes: { FederatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp' },
    }),
  ];
}

const ADDRESS = /^(https?:\/\/[^/]+)\/(?:applications|wsf\/(?:sts|prp|mex|mex13))\/([0-9a-f-]{36})\/?$/i;

/** Without a configuration: the addresses should be those of one application at one host. */
function checkOneApplication(compared: Compared): readonly Finding[] {
  if (compared.served !== undefined) return [];
  const named = ['IssuerUri', 'PassiveSignInUri', 'ActiveSignInUri', 'MetadataExchangeUri', 'SignOutUri'].flatMap(
    (name) => propertyOf(compared.capture, name) ?? [],
  );
  const parts = named.flatMap((property) => {
    const match = ADDRESS.exec(property.value);
    return match === null ? [] : [{ property, place: `${match[1]} ${match[2]}`.toLowerCase() }];
  });
  if (new Set(parts.map(({ place }) => place)).size < 2) return [];
  return [
    finding(compared, {
      id: 'DOC-GR-16',
      severity: 'warning',
      title: 'The addresses are not those of one application at one host',
      seen: parts.map(({ property }) => property),
      cause: 'A setting was left behind when host or application changed, or was copied from another domain.',
      source: VENDOR,
      confidence: 'inferred',
      more: [{ text: 'Run the doctor with --config to see which of them is wrong.' }],
    }),
  ];
}
