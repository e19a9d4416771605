import { expect, test } from 'vitest';
import {
  customAttributeName,
  distinguishedName,
  domainName,
  hexColour,
  hostAndPort,
  hostName,
  httpServicePrincipalName,
  httpsOrigin,
  httpsUrl,
  id,
  isWholeInternet,
  kinds,
  ldapAttribute,
  ldapReference,
  listenHost,
  masterKey,
  network,
  parseHostAndPort,
  realm,
  userAgentPattern,
  userPrincipalName,
} from '../../src/model/kinds.ts';

const UUID = '4afaa6b9-1497-44b6-b1ce-1a6d396f7f7e';

test.each([
  ['id', id, [UUID, UUID.toUpperCase(), '11111111-1111-1111-1111-111111111111'], ['', 'x', UUID.slice(1), `{${UUID}}`]],
  [
    'httpsOrigin',
    httpsOrigin,
    ['https://a.example', 'https://a.example/', 'https://a.example:8443', 'https://[::1]:1'],
    [
      'http://a.example',
      'https://a.example/x',
      'https://a.example?x',
      'https://a.example#x',
      'https://u:p@a.example',
      'a.example',
      'https://',
    ],
  ],
  ['httpsUrl', httpsUrl, ['https://a.example/x?y'], ['http://a.example', 'x', 'javascript:0']],
  ['listenHost', listenHost, ['0.0.0.0', '::', '127.0.0.1', 'localhost'], ['', 'a b', '[::]', 'https://x']],
  [
    'domainName',
    domainName,
    ['corp.example.com', 'a.b', 'xn--mnchen-3ya.de'],
    ['corp', '.com', 'corp.', 'a..b', 'a b.c', '@corp.com', `${'x'.repeat(64)}.com`],
  ],
  [
    'network',
    network,
    ['10.0.0.0/8', '10.1.2.3', '::1/128', 'fe80::/10', '0.0.0.0/0'],
    ['10.0.0.0/33', '10.0.0/8', '::1/129', '10.0.0.0/', '10.0.0.0/8/8', 'x/8', '10.0.0.0/-1'],
  ],
  [
    'hostAndPort',
    hostAndPort,
    ['dc1:636', 'dc1.corp.example.com:636', '192.0.2.1:389', '[2001:db8::1]:636'],
    [
      'dc1',
      'dc1:',
      'dc1:0',
      'dc1:65536',
      '2001:db8::1:636',
      '[dc1]:636',
      'ldaps://dc1:636',
      ':636',
      'dc1:636/',
      'a b:1',
    ],
  ],
  [
    'userPrincipalName',
    userPrincipalName,
    ['svc@corp.example.com', 'svc-x.y@corp', 'dc1$@corp.example.com'],
    ['svc', '@corp', 'svc@', 'a@b@c', 'a b@c', 'CORP\\svc'],
  ],
  [
    'httpServicePrincipalName',
    httpServicePrincipalName,
    ['HTTP/sso', 'HTTP/web-01.corp.example.com'],
    ['sso.example.com', 'HTTP/', 'http/sso', 'HOST/sso', 'HTTP/sso:443', 'HTTP/sso/x', 'HTTP/sso@CORP', 'HTTP/a b'],
  ],
  ['realm', realm, ['CORP.EXAMPLE.COM', 'CORP'], ['corp.example.com', 'Corp', '']],
  ['distinguishedName', distinguishedName, ['DC=a,DC=b', 'ou=x y,dc=z', '2.5.4.3=x'], ['', 'Computers', '=x', 'CN=']],
  [
    'ldapAttribute',
    ldapAttribute,
    ['objectGUID', 'mS-DS-ConsistencyGuid', '1.2.840.113556.1.4.1'],
    ['', '1abc', 'a b', 'a;binary', 'a)(b=*'],
  ],
  [
    'ldapReference',
    ldapReference,
    ['${ldapAttributes.dn}', '${ldapAttributes.mS-DS-ConsistencyGuid}'],
    [
      'ldapAttributes.dn',
      '${ldapAttributes.}',
      '${ldapattributes.dn}',
      'x${ldapAttributes.dn}',
      '${ldapAttributes.a.b}',
    ],
  ],
  [
    'customAttributeName',
    customAttributeName,
    ['ms-upn', 'objectSid', 'a_1'],
    ['', '1a', 'a.b', 'a b', '__proto__', 'ä'],
  ],
  [
    'masterKey',
    masterKey,
    [Buffer.alloc(32, 255).toString('base64')],
    [Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64'), 'x'],
  ],
  [
    'hexColour',
    hexColour,
    ['#0f5c8c', '#FFFFFF'],
    ['', '0f5c8c', '#fff', '#0f5c8c80', '#0f5c8g', 'red', '#0f5c8c;}', '#0f5c8c\n'],
  ],
  [
    'userAgentPattern',
    userAgentPattern,
    ['Edg/', 'MSIE', '=~Windows NT.*Edg/', '(', '~=', 'x'.repeat(200)],
    ['', ' ', '=~', '=~[', '=~(', 'x'.repeat(201)],
  ],
  [
    'hostName',
    hostName,
    ['sso', 'SSO.example.org', 'xn--mnchen-3ya.de'],
    ['', 'sso.', 'sso:443', 'https://sso', 'sso/adfs', 'a b', '*.example.org', 'sso\n', `${'x'.repeat(64)}.org`],
  ],
] as const)('%s takes what it describes and nothing else', (name, schema, right, wrong) => {
  for (const value of right) expect(schema.safeParse(value).success, `${name} ${value}`).toBe(true);
  for (const value of wrong) expect(schema.safeParse(value).success, `${name} ${value}`).toBe(false);
  expect(schema.safeParse(5).success).toBe(false);
  expect(kinds.get(schema)?.form).toMatch(/\w/);
});

test.each([
  ['dc1.corp.example.com:636', { host: 'dc1.corp.example.com', port: 636 }],
  ['192.0.2.1:389', { host: '192.0.2.1', port: 389 }],
  ['[2001:db8::1]:636', { host: '2001:db8::1', port: 636 }],
])('%s is taken apart', (value, parts) => {
  expect(parseHostAndPort(value)).toEqual(parts);
});

test('a wrong value is refused in the words of its kind', () => {
  expect(hostAndPort.safeParse('dc1').error?.issues[0]?.message).toBe('must be `host:port` (IPv6 as `[address]:port`)');
});

test.each([
  ['0.0.0.0/0', true],
  ['::/0', true],
  ['::ffff:0:0/96', true],
  ['::ffff:10.0.0.0/96', true],
  ['::ffff:0:0/97', false],
  ['::ffff:10.0.0.0/104', false],
  ['2001:db8::/32', false],
  ['0.0.0.0/00', true],
  ['10.0.0.0/10', false],
  ['10.0.0.0/8', false],
  ['0.0.0.0', false],
  ['::', false],
])('%s holds every address: %s', (value, whole) => {
  expect(isWholeInternet(value)).toBe(whole);
});

test('a host name comes out in lower case', () => {
  expect(hostName.parse('SSO.Example.org')).toBe('sso.example.org');
});
