/**
 * The PowerShell that brings a domain's federation settings to Entra.
 *
 * One script for both cases, because the wrong one does harm: New- on a federated domain fails, and Update- needs the
 * id of what is there. It ends by comparing, since Microsoft.Graph 2.26 is known to lose slashes of addresses.
 * ASCII only: Windows PowerShell 5.1 reads a redirected file in the ANSI code page.
 */
import type { FederationSettings } from './federation-settings.ts';

/** Delegated permissions; Directory.AccessAsUser.All is what writing federation settings turns out to need. */
export const GRAPH_SCOPES = [
  'Directory.ReadWrite.All',
  'User.ReadWrite.All',
  'Domain.ReadWrite.All',
  'Directory.AccessAsUser.All',
] as const;

/** `domain` is the verified custom domain. Ends with a line break. */
export function cmdletsText(settings: FederationSettings, domain: string): string {
  const names = Object.keys(settings) as (keyof FederationSettings)[];
  const width = Math.max(...names.map((name) => name.length));
  return `# Federates the domain ${comment(domain)} with Mortise, or brings its federation settings up to date.
# Run it in PowerShell as a Hybrid Identity Administrator or Global Administrator. Once before:
#   Install-Module Microsoft.Graph.Identity.DirectoryManagement -Scope CurrentUser
# The way back to a managed domain: Update-MgDomain -DomainId ${comment(domain)} -AuthenticationType Managed

$ErrorActionPreference = 'Stop'
${CONNECT_COMMAND}

$domain = ${quote(domain)}
$settings = @{
${names.map((name) => `    ${name.padEnd(width)} = ${quote(settings[name])}`).join('\n')}
}

$root = Get-MgDomain -DomainId $domain
if (-not $root.IsRoot) {
    throw "$domain has the federation settings of the domain above it, and takes none of its own. Leave its application out, or promote it first: Invoke-MgPromoteDomain -DomainId $domain"
}
if ($root.AuthenticationType -eq 'Managed') {
    # The domain is managed: its users sign in at Entra so far. From here on they are sent to Mortise.
    New-MgDomainFederationConfiguration -DomainId $domain @settings | Out-Null
} else {
    # The domain is federated already. What is there now is overwritten: keep what this shows, it is the way back.
    $before = Get-MgDomainFederationConfiguration -DomainId $domain
    $before | Format-List
    $id = $before.Id
    Update-MgDomainFederationConfiguration -DomainId $domain -InternalDomainFederationId $id @settings | Out-Null
}

$now = Get-MgDomainFederationConfiguration -DomainId $domain
$now | Format-List
foreach ($name in $settings.Keys) {
    if (("$($now.$name)" -replace '\\s', '') -cne ($settings[$name] -replace '\\s', '')) {
        Write-Warning "$name is not what Mortise serves. Run this again in a minute; if it stays so, update the Microsoft.Graph module."
    }
}

# What was added to the tenant after a domain lies below it, and has its settings; what was there before is a root of its own.
foreach ($below in Get-MgDomain -All) {
    if (-not $below.Id.EndsWith(".$domain")) { continue }
    if ($below.IsRoot) {
        Write-Warning "$($below.Id) is a root domain of its own: its people need an application and settings of their own."
    } else {
        Write-Host "$($below.Id) has these settings too: its people get the issuer of $domain."
    }
}
`;
}

/** To sign in to Microsoft Graph with what the cmdlets here need. */
export const CONNECT_COMMAND = `Connect-MgGraph -Scopes ${GRAPH_SCOPES.map(quote).join(', ')} -NoWelcome`;

/**
 * One command that corrects single settings of a domain that is federated already. Without `id` (the configuration's Id in
 * Entra) the command asks for it.
 */
export function updateCommand(changes: Partial<FederationSettings>, domain: string, id: string | undefined): string {
  const configuration =
    id === undefined ? `(Get-MgDomainFederationConfiguration -DomainId ${quote(domain)}).Id` : quote(id);
  const parameters = Object.entries(changes).map(([name, value]) => ` -${name} ${quote(value)}`);
  return `Update-MgDomainFederationConfiguration -DomainId ${quote(domain)} -InternalDomainFederationId ${configuration}${parameters.join('')}`;
}

/**
 * A single-quoted string, in which nothing is expanded ([PowerShell language specification] §2.3.5.2). The typographic
 * quotation marks U+2018 to U+201B end such a string just as the apostrophe does, so each of them is doubled.
 */
function quote(text: string): string {
  return `'${text.replace(/['\u2018-\u201B]/g, '$&$&')}'`;
}

/** A comment ends with its line. */
function comment(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}
