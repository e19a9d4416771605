/** What is said about single settings: unknown, missing, of the wrong kind. */
import { expect, test } from 'vitest';
import { load, problemsOf, problemsOfText, sampleText } from './sample.ts';
import type { Changes } from './sample.ts';

test.each<[Changes, string, string, string]>([
  // unknown settings
  [{ 'server.publicBaseURL': 'x' }, 'server.publicBaseURL', 'is no known setting', 'Did you mean `publicBaseUrl`?'],
  [{ 'gateway.bindDn': 'x' }, 'environment.gateways[0].bindDn', 'is no known setting', 'Did you mean `bindDN`?'],
  [
    { 'device.ancor': 'x' },
    'environment.gateways[0].userTypes[1].ancor',
    'is no known setting',
    'Did you mean `anchor`?',
  ],
  [
    { 'server.tls.zzzzzz': 'x' },
    'server.tls.zzzzzz',
    'is no known setting',
    'Known here: certificateFile, keyFile, keyPassphrase, additionalCertificates',
  ],
  [
    { 'app.corsSettings': { behavior: 'ALLOW_NO_ORIGINS' } },
    'environment.applications[0].corsSettings',
    'is no known setting',
    'Leave it out: no endpoint is called from other pages',
  ],
  [{ extra: {} }, 'extra', 'is no known setting', 'Known here: server, environment'],
  // missing ones
  [{ 'server.store': undefined }, 'server.store', 'is missing', 'Give the settings path'],
  [
    { 'server.masterKey': undefined },
    'server.masterKey',
    'is missing',
    'Give 32 bytes in base64, for example what `openssl rand -base64 32` prints',
  ],
  [{ 'gateway.bindDN': null }, 'environment.gateways[0].bindDN', 'has no value', 'Give text'],
  [
    { 'app.idpSigning': undefined },
    'environment.applications[0].idpSigning',
    'is missing',
    'Give the settings algorithm, key',
  ],
  // wrong ones
  [
    { 'server.listen': { port: 65_536 } },
    'server.listen.port',
    'is `65536`, not a whole number from 0 to 65535',
    'Give a whole number from 0 to 65535',
  ],
  [
    { 'server.listen': { port: '443' } },
    'server.listen.port',
    'is `443`, not a whole number from 0 to 65535',
    'Give a whole number from 0 to 65535',
  ],
  [{ 'server.listen': 443 }, 'server.listen', 'is not a group of settings', 'Give the settings host, port'],
  [
    { 'server.trustedProxies': '10.0.0.1' },
    'server.trustedProxies',
    'is not a list',
    'Give a list of values, each an address or a CIDR range',
  ],
  [
    { 'server.windowsTransportNetworks': [] },
    'server.windowsTransportNetworks',
    'is an empty list',
    'Give a list of values, each an address or a CIDR range',
  ],
  [
    { 'gateway.enabled': 'yes' },
    'environment.gateways[0].enabled',
    'is `yes`, not true or false',
    'Give true or false',
  ],
  [
    { 'gateway.connectionSecurity': 'StartTls' },
    'environment.gateways[0].connectionSecurity',
    'is `StartTls`, not `TLS` or `StartTLS` or `None`',
    'Did you mean `StartTLS`?',
  ],
  [
    { 'gateway.followReferrals': true },
    'environment.gateways[0].followReferrals',
    'is `true`, not `false`',
    'Give `false`',
  ],
  [{ 'gateway.name': '' }, 'environment.gateways[0].name', 'is empty, not text', 'Give text'],
  [
    { 'app.id': 'microsoft' },
    'environment.applications[0].id',
    'is `microsoft`, not a UUID',
    'Give a UUID, for example what `uuidgen` prints',
  ],
  [
    { 'app.soapFaultStatus': 503 },
    'environment.applications[0].soapFaultStatus',
    'is `503`, not `500` or `400`',
    'Give `500` or `400`',
  ],
  [
    { 'app.stsTokenType': 'SAML 2.0' },
    'environment.applications[0].stsTokenType',
    'is `SAML 2.0`, not `urn:oasis:names:tc:SAML:1.0:assertion`',
    'Give `urn:oasis:names:tc:SAML:1.0:assertion`',
  ],
  [
    { 'gateway.kerberos.serviceAccountUserPrincipalName': 'svc-mortise' },
    'environment.gateways[0].kerberos.serviceAccountUserPrincipalName',
    'is `svc-mortise`, not a user principal name',
    'Give a user principal name, for example svc-mortise@corp.example.com',
  ],
  [
    { 'app.wsTrustVersion': 1.3 },
    'environment.applications[0].wsTrustVersion',
    'is the number `1.3`, not text',
    'Write it in quotes: "1.3"',
  ],
  [
    { 'app.wsTrustVersion': '2005' },
    'environment.applications[0].wsTrustVersion',
    'is `2005`, not `1.2` or `1.3`',
    'Give `1.2` or `1.3`',
  ],
  [
    { 'app.assertionDuration': 299 },
    'environment.applications[0].assertionDuration',
    'is `299`, not a whole number from 300 to 3932100',
    'Give a whole number from 300 to 3932100',
  ],
  [
    { 'app.hostNames': ['https://sso.example.org'] },
    'environment.applications[0].hostNames[0]',
    'is `https://sso.example.org`, not a host name',
    'Give a host name, for example sso.example.org',
  ],
  [
    { 'app.sloEndpoint': 'http://rp.example.org/' },
    'environment.applications[0].sloEndpoint',
    'is `http://rp.example.org/`, not an https URL',
    'Give an https URL, for example https://login.microsoftonline.com/login.srf',
  ],
  [
    { 'app.secondFactor.policy': 'whenasked' },
    'environment.applications[0].secondFactor.policy',
    'is `whenasked`, not `never` or `whenAsked` or `always` or `outsideCorporateNetworks`',
    'Did you mean `whenAsked`?',
  ],
  [
    { 'environment.signIn.silent.userAgents': ['=~Edg/('] },
    'environment.signIn.silent.userAgents[0]',
    'is `=~Edg/(`, not text, or `=~` and a regular expression',
    'Give text, or `=~` and a regular expression, for example =~Windows NT.*Edg/',
  ],
  [
    { 'environment.signIn.branding.accentColour': 'blue' },
    'environment.signIn.branding.accentColour',
    'is `blue`, not a colour `#rrggbb`',
    'Give a colour `#rrggbb`, for example "#0f5c8c"',
  ],
  [
    { 'environment.signIn.branding.accentColour': null },
    'environment.signIn.branding.accentColour',
    'has no value',
    'Give a colour `#rrggbb`, for example "#0f5c8c"; quote it if it begins with `#`, which begins a comment',
  ],
  // references where none is read
  [
    { 'server.publicBaseUrl': '${env:BASE}' },
    'server.publicBaseUrl',
    'names a variable or a file',
    'Write an https URL without a path, for example https://login.example.com itself: only secrets are kept elsewhere',
  ],
])('%j', (changes, path, message, fix) => {
  expect(problemsOf(changes)).toEqual([{ path, message, fix, line: expect.any(Number) }]);
});

test('an expression that YAML took for a comment is explained', () => {
  const text = `${sampleText()}      attributes:\n        - name: Subject\n          value: #string.uuidAsBase64Guid(user.externalId,null)\n`;
  const [problem] = problemsOfText(text);
  expect(problem).toMatchObject({ path: 'environment.applications[0].attributes[0].value', message: 'has no value' });
  expect(problem?.fix).toContain('quote it if it begins with `#`');
});

test('a key with nothing behind it is a key that is not there', () => {
  const { server, environment } = load({ 'server.trustedProxies': null, 'gateway.description': null });
  expect(server.trustedProxies).toEqual([]);
  expect(environment.gateways[0]).not.toHaveProperty('description');
});

test('a long value is shown shortened', () => {
  const [problem] = problemsOf({ 'app.id': 'x'.repeat(5000) });
  expect(problem?.message.length).toBeLessThan(120);
});
