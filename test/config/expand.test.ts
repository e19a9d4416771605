/** How rows and settings of the file change a template, and what is asked for without one. */
import { expect, test } from 'vitest';
import { IDS, load, problemsOf, said } from './sample.ts';

const MAPPINGS = 'cloudUser.newUserLookup.attributeMappings';

function rows(fileRows: readonly object[]): Readonly<Record<string, string>> {
  const type = load({ [MAPPINGS]: fileRows }).environment.gateways[0]?.userTypes[0];
  return Object.fromEntries((type?.newUserLookup.attributeMappings ?? []).map(({ name, value }) => [name, value]));
}

test('a row replaces the template row of its name, in its place', () => {
  const changed = rows([{ name: 'title', value: '${ldapAttributes.description}' }]);
  expect(changed['title']).toBe('${ldapAttributes.description}');
  expect(Object.keys(changed)).toEqual(Object.keys(rows([])));
});

test('a row of another name is added at the end, and one with remove goes', () => {
  const changed = rows([
    { name: 'nickname', value: '${ldapAttributes.cn}' },
    { name: 'mobilePhone', remove: true },
  ]);
  expect(Object.keys(changed).at(-1)).toBe('nickname');
  expect(changed).not.toHaveProperty('mobilePhone');
  expect(Object.keys(changed)).toHaveLength(15);
});

test('a claim is changed setting by setting', () => {
  const { attributes = [] } =
    load({
      'app.attributes': [
        { name: 'UPN', nameFormat: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims', required: false },
        { name: 'costcenter', value: '${user.title}', nameFormat: 'http://schemas.example.com' },
        { name: 'primarysid', remove: true },
      ],
    }).environment.applications[0] ?? {};
  expect(attributes.find(({ name }) => name === 'UPN')).toEqual({
    name: 'UPN',
    value: '${user.userPrincipalName}',
    required: false,
    issuedTo: 'person',
    nameFormat: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims',
  });
  expect(attributes.at(-1)).toMatchObject({ name: 'costcenter', required: false, issuedTo: 'everyone' });
  expect(attributes.map(({ name }) => name)).not.toContain('primarysid');
});

test.each(['"DJ"', 'DJ', "'DJ'", '${"DJ"}'])('accounttype may be written %s', (value) => {
  const { environment, warnings } = load({ 'app.attributes': [{ name: 'accounttype', value }] });
  expect(environment.applications[0]?.attributes.find(({ name }) => name === 'accounttype')?.value).toBe(value);
  expect(warnings).toEqual([]);
});

test('every other setting of a template can be replaced', () => {
  const { environment } = load({
    'device.name': 'Computers',
    'device.orderedCorrelationAttributes': ['objectSid'],
    'device.updateUserOnSuccessfulAuthentication': true,
    'device.newUserLookup.ldapFilterPattern': '(cn=${identifier})',
    'app.useMex13': false,
    'app.kerberos': { gateways: [{ id: IDS.gateway, userType: { id: IDS.device } }] },
  });
  expect(environment.gateways[0]?.userTypes[1]).toMatchObject({
    name: 'Computers',
    kind: 'device',
    orderedCorrelationAttributes: ['objectSid'],
    updateUserOnSuccessfulAuthentication: true,
    newUserLookup: { ldapFilterPattern: '(cn=${identifier})' },
  });
  expect(environment.applications[0]?.useMex13).toBe(false);
  expect(environment.applications[0]?.kerberos.gateways).toHaveLength(1);
});

test('without a template everything must be written, and then it loads', () => {
  const bare = { 'device.template': undefined, 'app.template': undefined };
  expect(said(problemsOf(bare))).toEqual([
    'environment.gateways[0].userTypes[1].name is missing',
    'environment.gateways[0].userTypes[1].kind is missing',
    'environment.gateways[0].userTypes[1].orderedCorrelationAttributes is missing',
    'environment.gateways[0].userTypes[1].newUserLookup.ldapFilterPattern is missing',
    'environment.gateways[0].userTypes[1].newUserLookup.attributeMappings does not map `username`',
    'environment.applications[0].hybridJoinDeviceAttribute is missing',
    'environment.applications[0].attributes is wrong: no row `Subject` is issued to a device',
    'environment.applications[0].attributes is wrong: no row `Subject` is issued to a person',
  ]);
  const { environment } = load({
    ...bare,
    'device.name': 'Computers',
    'device.kind': 'device',
    'device.orderedCorrelationAttributes': ['objectGUID'],
    'device.newUserLookup.ldapFilterPattern': '(sAMAccountName=${identifier})',
    'device.newUserLookup.attributeMappings': [
      { name: 'username', value: '${ldapAttributes.mS-DS-ConsistencyGuid}' },
      { name: 'externalId', value: '${ldapAttributes.mS-DS-ConsistencyGuid}' },
    ],
    'app.hybridJoinDeviceAttribute': 'hybridJoinedDevice',
    'app.attributes': [{ name: 'Subject', value: '${user.externalId}' }],
  });
  expect(environment.applications[0]).not.toHaveProperty('userAttributeUsernameMatch');
  expect(environment.applications[0]?.attributes).toHaveLength(1);
  expect(environment.gateways[0]?.userTypes[1]).toMatchObject({ allowPasswordChanges: false });
});

test('a row that comes twice, removes nothing or has no value is a problem of that row', () => {
  const place = 'environment.gateways[0].userTypes[0].newUserLookup.attributeMappings';
  const fileRows = [
    { name: 'title', value: '${ldapAttributes.a}' },
    { name: 'title', value: '${ldapAttributes.b}' },
    { name: 'nickname', remove: true },
    { name: 'locale' },
  ];
  expect(said(problemsOf({ [MAPPINGS]: fileRows }))).toEqual([
    `${place}[1].name is \`title\`, as in a row above`,
    `${place}[2].remove has no row of the template to remove`,
    `${place}[3].value is missing`,
  ]);
});
