import { expect, test } from 'vitest';
import { IDS, load, problemsOf, said, sample } from './sample.ts';
import type { Changes } from './sample.ts';

const A = 'environment.applications[0]';
const application = sample().environment.applications[0];
const second = { ...application, id: IDS.unknown };

const gateways = (...list: readonly object[]): Changes => ({ 'app.kerberos': { gateways: list } });
const claim = (row: object): Changes => ({ 'app.attributes': [row] });
const custom = (attribute: object): Changes => ({ 'environment.customAttributes': [{ name: 'own', ...attribute }] });

test.each<[string, Changes, string]>([
  // the domain
  [
    'a second application of a domain',
    { 'environment.applications': [application, { ...second, domainName: 'CORP.example.com' }] },
    'environment.applications[1].domainName is CORP.example.com, as in another application above',
  ],
  [
    'the initial domain',
    { 'app.domainName': 'contoso.onmicrosoft.com' },
    `${A}.domainName is contoso.onmicrosoft.com, the tenant’s initial domain`,
  ],
  // custom attributes
  [
    'an undeclared device attribute',
    { 'app.hybridJoinDeviceAttribute': 'own' },
    `${A}.hybridJoinDeviceAttribute is \`own\`, which is not declared`,
  ],
  [
    'a unique device attribute',
    { 'app.hybridJoinDeviceAttribute': 'own', ...custom({ unique: true }) },
    `${A}.hybridJoinDeviceAttribute is \`own\`, which is not enabled or is unique`,
  ],
  [
    'an undeclared username attribute',
    { 'app.userAttributeUsernameMatch': 'mobile' },
    `${A}.userAttributeUsernameMatch is \`mobile\`, which is not declared`,
  ],
  [
    'a username attribute that is not unique',
    { 'app.userAttributeUsernameMatch': 'own', ...custom({}) },
    `${A}.userAttributeUsernameMatch is \`own\`, which is not of type STRING, unique and enabled`,
  ],
  [
    'a username attribute that is no text',
    { 'app.userAttributeUsernameMatch': 'own', ...custom({ type: 'BOOLEAN', unique: true }) },
    `${A}.userAttributeUsernameMatch is \`own\`, which is not of type STRING, unique and enabled`,
  ],
  // gateways
  [
    'an unknown gateway',
    gateways({ id: IDS.unknown, userType: { id: IDS.device } }),
    `${A}.kerberos.gateways[0].id is no gateway of this file`,
  ],
  [
    'an unknown user type',
    gateways({ id: IDS.gateway, userType: { id: IDS.unknown } }),
    `${A}.kerberos.gateways[0].userType.id is no user type of this gateway`,
  ],
  [
    'a user type twice',
    gateways({ id: IDS.gateway, userType: { id: IDS.device } }, { id: IDS.gateway, userType: { id: IDS.device } }),
    `${A}.kerberos.gateways[1].userType.id names a user type again`,
  ],
  [
    'a gateway without Kerberos',
    { 'gateway.kerberos': undefined, ...gateways({ id: IDS.gateway, userType: { id: IDS.device } }) },
    `${A}.kerberos.gateways[0].id is a gateway without \`kerberos\``,
  ],
  // claims
  ['an open expression', claim({ name: 'UPN', value: '${user.email' }), `${A}.attributes[0].value is wrong: column `],
  [
    'an unknown function',
    claim({ name: 'UPN', value: '#string.nope(user.email)' }),
    `${A}.attributes[0].value is wrong: column `,
  ],
  [
    'Subject with a namespace',
    claim({ name: 'Subject', nameFormat: 'urn:x' }),
    `${A}.attributes[0].nameFormat is wrong: \`Subject\` takes its format from subjectNameIdentifierFormat`,
  ],
  [
    'a claim of one’s own without namespace',
    claim({ name: 'own', value: 'x' }),
    `${A}.attributes[0].nameFormat is wrong: Entra knows no claim \`own\` by itself`,
  ],
  [
    'a device claim for people',
    claim({ name: 'primarysid', issuedTo: 'person' }),
    `${A}.attributes[0].issuedTo is wrong: \`primarysid\` is never issued to anybody but a device`,
  ],
  [
    'no Subject',
    claim({ name: 'Subject', remove: true }),
    `${A}.attributes is wrong: no row \`Subject\` is issued to a device`,
  ],
])('%s is refused', (_, changes, problem) => {
  const problems = said(problemsOf(changes));
  expect(problems[0]?.slice(0, problem.length)).toBe(problem);
});

test.each<[string, Changes, string]>([
  [
    'a child of another domain',
    {
      'environment.applications': [
        { ...application, hostNames: ['sso.example.com'] },
        { ...second, domainName: 'eu.corp.example.com', hostNames: ['sso.eu.example.com'] },
      ],
    },
    'environment.applications[1].domainName lies below corp.example.com, whose federation settings Entra applies to it unless it is a root domain of its own',
  ],
  [
    'an issuer beside the Issuer',
    claim({ name: 'issuerid', value: 'https://sts.example.com' }),
    `${A}.attributes[0].name is \`issuerid\`, which Mortise states by itself where it serves several domains`,
  ],
  [
    'a gateway of people without Kerberos',
    { 'gateway.kerberos': undefined, ...gateways({ id: IDS.gateway, userType: { id: IDS.cloudUser } }) },
    `${A}.kerberos.gateways[0].id is a gateway without \`kerberos\`: its people sign in by password alone`,
  ],
  ['nobody by Kerberos', gateways(), `${A}.kerberos.gateways is empty: nobody can sign in by Kerberos`],
  [
    'a gateway that is off',
    { 'gateway.enabled': false, ...gateways({ id: IDS.gateway, userType: { id: IDS.device } }) },
    `${A}.kerberos.gateways[0].id is a gateway that is not enabled`,
  ],
  [
    'metadata without WS-Trust 1.3',
    { 'app.useMex13': false },
    `${A}.useMex13 is false: a device that joins asks for WS-Trust 1.3 and gives up without it`,
  ],
  [
    'a device claim taken out',
    claim({ name: 'primarysid', remove: true }),
    `${A}.attributes has no row primarysid: Entra refuses the device`,
  ],
  [
    'a namespace that Entra does not take',
    claim({ name: 'accounttype', nameFormat: 'http://schemas.xmlsoap.org/claims' }),
    `${A}.attributes[0].nameFormat looks wrong: Entra takes \`accounttype\` with the nameFormat http://schemas.microsoft.com/ws/2012/01 only`,
  ],
  [
    'an attribute that nobody has',
    claim({ name: 'UPN', value: '${user.mail}' }),
    `${A}.attributes[0].value looks wrong: no user has an attribute \`mail\``,
  ],
  [
    'an expression without its marks',
    claim({ name: 'UPN', value: 'user.email' }),
    `${A}.attributes[0].value looks wrong: this is literal text, the same for every user`,
  ],
])('%s loads with a warning', (_, changes, warning) => {
  const warnings = said(load(changes).warnings);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.slice(0, warning.length)).toBe(warning);
});

test('the device attribute is Mortise’s to set: mapping it is refused at the row', () => {
  const problems = said(
    problemsOf({
      ...custom({}),
      'app.hybridJoinDeviceAttribute': 'own',
      'device.newUserLookup.attributeMappings': [{ name: 'own', value: '${ldapAttributes.cn}' }],
    }),
  );
  expect(problems).toEqual([
    'environment.gateways[0].userTypes[1].newUserLookup.attributeMappings[0] maps `own`, which Mortise sets by itself',
  ]);
});

test('both name identifier formats and both namespaces of ImmutableID and UPN load without a word', () => {
  const { environment, warnings } = load({
    'app.subjectNameIdentifierFormat': 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    'app.attributes': [
      { name: 'ImmutableID', nameFormat: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims' },
      { name: 'UPN', nameFormat: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims' },
    ],
  });
  expect(environment.applications[0]?.subjectNameIdentifierFormat).toMatch(/unspecified$/);
  expect(warnings).toEqual([]);
});
