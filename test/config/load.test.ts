import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';
import { PRIVATE_NETWORKS } from '../../src/model/server.ts';
import { SILENT_USER_AGENTS } from '../../src/model/sign-in.ts';
import { ENV, errorOf, load, loadText, MASTER_KEY, problemsOf, said, sampleText } from './sample.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

test('what is left out has a safe default', () => {
  const { server, environment, warnings } = load();
  expect(server.listen).toEqual({ host: '0.0.0.0', port: 443 });
  expect(server.trustedProxies).toEqual([]);
  expect(server.windowsTransportNetworks).toEqual(PRIVATE_NETWORKS);
  expect(environment.gateways[0]).toMatchObject({
    type: 'LDAP',
    enabled: true,
    vendor: 'Microsoft Active Directory',
    connectionSecurity: 'TLS',
    validateTlsCertificates: true,
    followReferrals: false,
  });
  expect(environment.applications[0]).toMatchObject({
    name: 'Microsoft 365',
    enabled: true,
    type: 'WEB_APP',
    protocol: 'WS_FED',
    audienceRestriction: 'urn:federation:MicrosoftOnline',
    replyUrl: 'https://login.microsoftonline.com/login.srf',
    subjectNameIdentifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    stsTokenType: 'urn:oasis:names:tc:SAML:1.0:assertion',
    useMex13: true,
    notBeforeSkewSeconds: 60,
    soapFaultStatus: 500,
    idpSigning: { algorithm: 'SHA256withRSA' },
    hostNames: [],
    assertionDuration: 300,
    wsTrustVersion: '1.2',
    secondFactor: { policy: 'whenAsked' },
  });
  expect(environment.signIn).toEqual({
    corporateNetworks: [],
    silent: { enabled: true, userAgents: SILENT_USER_AGENTS },
    sessionMinutes: 480,
    staySignedInMinutes: 1440,
    language: 'en',
    branding: { organisationName: 'Your organisation', accentColour: '#0f5c8c' },
  });
  expect(warnings).toEqual([]);
});

test('the public base URL comes without its final slash and in the spelling of URLs', () => {
  expect(load({ 'server.publicBaseUrl': 'https://Login.Example.com:443/' }).server.publicBaseUrl).toBe(
    'https://login.example.com',
  );
  expect(load({ 'server.publicBaseUrl': 'https://localhost:8443' }).server.publicBaseUrl).toBe(
    'https://localhost:8443',
  );
});

test('identifiers come in lower case, so that upper case in a reference finds them', () => {
  const upper = 'ABCDEF01-2345-4678-9ABC-DEF012345678';
  const { environment } = load({
    'environment.populations.0.id': upper,
    'cloudUser.newUserLookup.population.id': upper.toLowerCase(),
  });
  expect(environment.populations[0]?.id).toBe(upper.toLowerCase());
});

test('host names come in lower case, as a Host header is compared with them', () => {
  expect(load({ 'app.hostNames': ['SSO.Example.org'] }).environment.applications[0]?.hostNames).toEqual([
    'sso.example.org',
  ]);
});

test('a file is read from disk, its secrets and paths from its own folder', () => {
  write('master.key', `${MASTER_KEY}\r\n`);
  write('tls.pem', 'certificate');
  write('tls.key', 'key');
  const path = write('mortise.yaml', sampleText({ 'server.masterKey': '${file:master.key}' }));
  const { server } = loadConfiguration({ path }, { env: ENV });
  expect(server.masterKey).toBe(MASTER_KEY);
  expect(server.tls.certificateFile).toBe(join(directory, 'tls.pem'));
  expect(server.store.path).toBe(join(directory, 'mortise.sqlite'));
});

test('a file that is not there is a problem, and so is each file that it names', () => {
  const absent = join(directory, 'absent.yaml');
  expect(errorOf(() => loadConfiguration({ path: absent }, { env: ENV })).message).toContain('does not exist');
  const path = write(
    'other.yaml',
    sampleText({ 'server.tls.keyFile': 'no.key', 'server.masterKey': '${file:no.master}' }),
  );
  write('tls.pem', 'certificate');
  const error = errorOf(() => loadConfiguration({ path }, { env: ENV }));
  expect(said(error.problems)).toEqual([
    `server.tls.keyFile names the file ${join(directory, 'no.key')}, which cannot be read`,
    `server.masterKey names the file ${join(directory, 'no.master')}, which cannot be read`,
  ]);
});

test('every mistake of a file is told at once, each with path, line and cure, in the order of the lines', () => {
  const problems = problemsOf({
    'server.publicBaseUrl': 'http://login.example.com/idp',
    'server.lissten': { port: 1 },
    'server.windowsTransportNetworks': ['10.0.0.0/8', '10.0.0.0/33'],
    'environment.populations.1.id': 'devices',
    'gateway.serversHostAndPort': ['dc1.corp.example.com'],
    'gateway.connectionSecurity': 'None',
    'gateway.bindPassword': 'in the file',
    'gateway.kerberos.keytabFile': 'mortise.keytab',
    'cloudUser.newUserLookup.ldapFilterPattern': '(sAMAccountName=${identifier}',
    'cloudUser.newUserLookup.attributeMappings': [{ name: 'emial', value: '${ldapAttributes.mail}' }],
    'device.newUserLookup.attributeMappings': [{ name: 'externalId', value: '${ldapAttributes.objectGUID}' }],
    'app.domainName': 'corp',
    'app.notBeforeSkewSeconds': 301,
    'app.attributes': [{ name: 'UPN', value: '${user.email' }],
    'app.kerberos': { gateways: [] },
  });
  expect(problems.map(({ path }) => path)).toEqual([
    'server.publicBaseUrl',
    'server.lissten',
    'server.windowsTransportNetworks[1]',
    'environment.populations[1].id',
    'environment.gateways[0].serversHostAndPort[0]',
    'environment.gateways[0].bindPassword',
    'environment.gateways[0].kerberos.keytabFile',
    'environment.gateways[0].userTypes[0].newUserLookup.ldapFilterPattern',
    'environment.gateways[0].userTypes[0].newUserLookup.attributeMappings[0].name',
    'environment.gateways[0].userTypes[1].newUserLookup.attributeMappings[0].value',
    'environment.gateways[0].connectionSecurity',
    'environment.applications[0].domainName',
    'environment.applications[0].notBeforeSkewSeconds',
    'environment.applications[0].attributes[0].value',
  ]);
  const lines = problems.map(({ line }) => line ?? 0);
  expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  expect(Math.min(...lines)).toBe(2);
  for (const { fix, path } of problems) expect(fix, `${path} has no cure`).toMatch(/^[A-Z`].{3,}/);
});

test('the error reads as a list, one problem in a line', () => {
  const { message } = errorOf(() => load({ 'server.lissten': 1, 'app.domainName': undefined }));
  expect(message.split('\n')).toEqual([
    'configuration: 2 problems',
    expect.stringMatching(/^ {2}line \d+: server\.lissten is no known setting\. Did you mean `listen`\?$/),
    expect.stringMatching(
      /^ {2}line \d+: environment\.applications\[0\]\.domainName is missing\. Give a DNS domain name, for example corp\.example\.com\.$/,
    ),
  ]);
});

test.each(['', 'null', '[]', 'text', '42', 'server:\nenvironment:\n'])('%j is no configuration', (text) => {
  expect(errorOf(() => loadText(text)).problems.length).toBeGreaterThan(0);
});

test('whatever stands in the file, it loads or is a ConfigurationError, and no secret is in the message', () => {
  const places = fc.constantFrom(
    'server.masterKey',
    'server.listen',
    'server.tls',
    'environment.populations',
    'environment.customAttributes',
    'environment.applications',
    'gateway',
    'gateway.bindPassword',
    'gateway.kerberos',
    'gateway.userTypes',
    'gateway.serversHostAndPort',
    'device.newUserLookup',
    'cloudUser.newUserLookup.attributeMappings',
    'cloudUser.anchor',
    'cloudUser.template',
    'app',
    'app.kerberos',
    'app.attributes',
    'app.idpSigning',
    'app.template',
    'app.hostNames',
    'app.secondFactor',
    'environment.signIn',
    'environment.signIn.silent',
    'environment.signIn.branding',
    'environment.signIn.corporateNetworks',
  );
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant('${env:BIND}'));
  const value = fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 3 }),
    fc.dictionary(fc.string(), leaf, { maxKeys: 3 }),
    fc.array(fc.dictionary(fc.constantFrom('id', 'name', 'value', 'remove', '__proto__', 'template'), leaf)),
  );
  fc.assert(
    fc.property(places, value, (place, wrong) => {
      try {
        load({ [place]: wrong });
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        for (const secret of Object.values(ENV)) expect(error.message).not.toContain(secret);
      }
    }),
    { numRuns: 300 },
  );
});
