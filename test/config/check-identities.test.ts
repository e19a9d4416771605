import { expect, test } from 'vitest';
import { IDS, load, problemsOf, said, sample } from './sample.ts';

const { environment } = sample();
const gateway = environment.gateways[0];

test('identifiers and names are unique, in any case', () => {
  const twice = {
    'environment.populations': [...environment.populations, { id: IDS.people.toUpperCase(), name: 'PEOPLE' }],
    'environment.gateways': [gateway, { ...gateway, name: 'other' }],
    'environment.customAttributes': [{ name: 'costCenter' }, { name: 'COSTCENTER' }],
    'environment.applications': [
      environment.applications[0],
      { ...environment.applications[0], domainName: 'b.example.com' },
    ],
  };
  expect(said(problemsOf(twice))).toEqual([
    `environment.populations[2].id is \`${IDS.people}\`, as in another population above`,
    'environment.populations[2].name is `PEOPLE`, as in another population above',
    `environment.gateways[1].id is \`${IDS.gateway}\`, as in another gateway above`,
    `environment.gateways[1].userTypes[0].id is \`${IDS.cloudUser}\`, as in another user type above`,
    `environment.gateways[1].userTypes[1].id is \`${IDS.device}\`, as in another user type above`,
    `environment.applications[1].id is \`${IDS.application}\`, as in another application above`,
    'environment.customAttributes[1].name is `COSTCENTER`, as in another custom attribute above',
  ]);
});

test('two user types of one gateway have different names', () => {
  expect(said(problemsOf({ 'device.name': 'cloud users' }))).toEqual([
    'environment.gateways[0].userTypes[1].name is `cloud users`, as in another user type above',
  ]);
});

test.each(['username', 'Email', 'name', 'address', 'enabled', 'id'])(
  'a custom attribute cannot be called %s',
  (name) => {
    expect(said(problemsOf({ 'environment.customAttributes': [{ name }] }))).toEqual([
      `environment.customAttributes[0].name is \`${name}\`, a standard attribute of users`,
    ]);
  },
);

test('the attributes of the templates are three, none of them a standard one but Account ID for objectSid', () => {
  const place = 'environment.templateAttributes';
  expect(said(problemsOf({ [place]: { userPrincipalName: 'email' } }))).toContain(
    `${place}.userPrincipalName is \`email\`, a standard attribute of users`,
  );
  expect(said(problemsOf({ [place]: { userPrincipalName: 'accountId' } }))).toContain(
    `${place}.userPrincipalName is \`accountId\`, a standard attribute of users`,
  );
  expect(said(problemsOf({ [place]: { objectSid: 'hybridjoineddevice' } }))).toContain(
    `${place}.objectSid is \`hybridjoineddevice\`, as another of the three`,
  );
  expect(load({ [place]: { objectSid: 'accountId' } }).warnings).toEqual([]);
});
