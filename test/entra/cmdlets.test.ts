import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONNECT_COMMAND, cmdletsText, updateCommand } from '../../src/entra/cmdlets.ts';
import { federationSettings } from '../../src/entra/federation-settings.ts';
import { commands, hashtable, stringValue, tokenize } from './powershell.ts';

const id = '4afaa6b9-1497-44b6-b1ce-1a6d396f7f7e';
const settings = federationSettings({
  publicBaseUrl: 'https://sso.example.com',
  application: { id, useMex13: true },
  signingCertificate: new Uint8Array(900).fill(0xfb),
});
const script = cmdletsText(settings, 'corp.example.com');
const tokens = tokenize(script);

/** Parameters of Microsoft.Graph PowerShell that a federation configuration is written with. */
const PROPERTIES = [
  'ActiveSignInUri',
  'DisplayName',
  'FederatedIdpMfaBehavior',
  'IsSignedAuthenticationRequestRequired',
  'IssuerUri',
  'MetadataExchangeUri',
  'NextSigningCertificate',
  'PassiveSignInUri',
  'PasswordResetUri',
  'PreferredAuthenticationProtocol',
  'PromptLoginBehavior',
  'SignOutUri',
  'SigningCertificate',
];

test('the script hands over the settings, by names that the cmdlets know', () => {
  expect(hashtable(tokens)).toEqual(settings);
  for (const name of Object.keys(hashtable(tokens))) expect(PROPERTIES).toContain(name);
});

test('it connects with the four scopes and without the greeting', () => {
  const line = script.split('\n').find((text) => text.startsWith('Connect-MgGraph')) ?? '';
  expect(
    tokenize(line)
      .filter(({ kind }) => kind === 'string')
      .map(stringValue),
  ).toEqual(['Directory.ReadWrite.All', 'User.ReadWrite.All', 'Domain.ReadWrite.All', 'Directory.AccessAsUser.All']);
  expect(commands(tokenize(line))).toEqual([
    { name: 'Connect-MgGraph', parameters: ['-Scopes', '-NoWelcome'], splats: [] },
  ]);
});

test('a managed domain gets New-, a federated one Update- with the id of what is there', () => {
  const named = (name: string) => commands(tokens).filter((command) => command.name === name);
  expect(named('New-MgDomainFederationConfiguration')).toEqual([
    { name: 'New-MgDomainFederationConfiguration', parameters: ['-DomainId'], splats: ['@settings'] },
  ]);
  expect(named('Update-MgDomainFederationConfiguration')).toEqual([
    {
      name: 'Update-MgDomainFederationConfiguration',
      parameters: ['-DomainId', '-InternalDomainFederationId'],
      splats: ['@settings'],
    },
  ]);
  const [before, managed, federated] = script.split(/\n(?:if \(\$root\.Auth.*|\} else \{)\n/);
  expect(script).toContain("if ($root.AuthenticationType -eq 'Managed') {");
  expect(before).not.toMatch(/^\s*(?:New|Update)-/m);
  expect(managed).toContain('New-MgDomainFederationConfiguration');
  expect(federated).toContain('$before = Get-MgDomainFederationConfiguration -DomainId $domain');
  expect(federated).toContain('$id = $before.Id');
  expect(federated?.indexOf('$before | Format-List')).toBeLessThan(
    federated?.indexOf('Update-MgDomainFederationConfiguration') ?? 0,
  );
});

test('a sub-domain that has its settings from above gets none, and those below the domain are told apart', () => {
  expect(script.indexOf('if (-not $root.IsRoot) {\n    throw "$domain ')).toBeLessThan(script.indexOf('New-Mg'));
  expect(script).toContain('Invoke-MgPromoteDomain -DomainId $domain"');
  const below = script.slice(script.indexOf('foreach ($below in Get-MgDomain -All) {'));
  expect(below).toContain('if (-not $below.Id.EndsWith(".$domain")) { continue }');
  expect(below).toMatch(/if \(\$below\.IsRoot\) \{\n +Write-Warning .*\n +\} else \{\n +Write-Host/);
});

test('it stops at the first error and knows no cmdlet but these', () => {
  expect(script).toMatch(/^\$ErrorActionPreference = 'Stop'$/m);
  expect(new Set(commands(tokens).map(({ name }) => name))).toEqual(
    new Set([
      'Connect-MgGraph',
      'Get-MgDomain',
      'New-MgDomainFederationConfiguration',
      'Update-MgDomainFederationConfiguration',
      'Get-MgDomainFederationConfiguration',
      'Out-Null',
      'Format-List',
      'Write-Host',
      'Write-Warning',
    ]),
  );
});

test('the script is ASCII, because Windows PowerShell reads a redirected file in an ANSI code page', () => {
  expect(script).toMatch(/^[\x20-\x7E\n]+$/);
});

test('whatever a value holds, it stays one string and nothing of it is run', () => {
  const text = fc.string({
    unit: fc.constantFrom(
      "'",
      '\u2018',
      '\u2019',
      '\u201A',
      '\u201B',
      '"',
      '$',
      '`',
      ';',
      '\n',
      '#',
      'a',
      '(',
      ')',
      '@',
      '{',
      '}',
    ),
  });
  fc.assert(
    fc.property(text, text, (issuer, domain) => {
      const hostile = tokenize(cmdletsText({ ...settings, IssuerUri: issuer }, domain));
      expect(hashtable(hostile)).toEqual({ ...settings, IssuerUri: issuer });
      expect(hostile.map(({ kind }) => kind)).toEqual(tokens.map(({ kind }) => kind));
    }),
    { numRuns: 200 },
  );
});

test('one command changes single settings, with the id that is known or asked for', () => {
  const changes = { IssuerUri: "https://it's.example.com", SignOutUri: settings.SignOutUri };
  const [known] = commands(tokenize(updateCommand(changes, 'corp.example.com', 'some-id')));
  expect(known).toEqual({
    name: 'Update-MgDomainFederationConfiguration',
    parameters: ['-DomainId', '-InternalDomainFederationId', '-IssuerUri', '-SignOutUri'],
    splats: [],
  });
  const strings = tokenize(updateCommand(changes, 'corp.example.com', 'some-id'))
    .filter(({ kind }) => kind === 'string')
    .map(stringValue);
  expect(strings).toEqual(['corp.example.com', 'some-id', changes.IssuerUri, changes.SignOutUri]);
  expect(updateCommand(changes, 'corp.example.com', undefined)).toContain(
    "-InternalDomainFederationId (Get-MgDomainFederationConfiguration -DomainId 'corp.example.com').Id -IssuerUri",
  );
  expect(script).toContain(`\n${CONNECT_COMMAND}\n`);
});
