/** Token requests with one defect: the form. */
import { base64, unsigned, SAML2_GRANT, url64 } from '../token-fixture.ts';
import type { Defect } from '../token-fixture.ts';

export const FORM_DEFECTS: readonly Defect[] = [
  ['DBL-TOK-01', 900561, 'GET', { method: 'GET' }],
  ['DBL-TOK-01', 90002, 'a tenant that is not there', { authority: 'fabrikam.example' }],
  ['DBL-TOK-01', 90002, 'a domain that is not verified', { authority: 'unverified.example' }],
  ['DBL-TOK-01', 900144, 'JSON', { contentType: 'application/json' }],
  ['DBL-TOK-01', 900144, 'no Content-Type', { contentType: '' }],
  ['DBL-TOK-01', 9002313, 'another charset', { contentType: 'application/x-www-form-urlencoded; charset=iso-8859-1' }],
  [
    'DBL-TOK-01',
    9002313,
    'a parameter twice',
    { body: (form) => `${new URLSearchParams(form).toString()}&client_id=x` },
  ],
  ['DBL-TOK-01', 9002313, 'a broken percent-encoding', { body: () => 'grant_type=%zz' }],
  ['DBL-TOK-01', 9002313, 'a percent-encoding that is not UTF-8', { body: () => 'grant_type=%ff' }],
  ['DBL-TOK-01', 9002313, 'a body that is not UTF-8', { body: () => Uint8Array.of(0xff, 0x3d) }],
  ['DBL-TOK-01', 900144, 'an empty body', { body: () => '' }],
  ['DBL-TOK-01', 900144, 'no grant_type', { form: { grant_type: undefined } }],
  ['DBL-TOK-01', 900144, 'no assertion', { form: { assertion: undefined } }],
  ['DBL-TOK-01', 900144, 'an empty assertion', { form: { assertion: '' } }],
  ['DBL-TOK-01', 900144, 'no client_id', { form: { client_id: undefined } }],
  ['DBL-TOK-01', 900144, 'no resource', { form: { resource: undefined } }],
  ['DBL-TOK-02', 70003, 'the password grant', { form: { grant_type: 'password' } }],
  [
    'DBL-TOK-02',
    70003,
    'the jwt-bearer grant',
    { form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' } },
  ],
  ['DBL-TOK-20', 700016, 'an unknown client', { form: { client_id: '00000000-1111-2222-3333-444444444444' } }],
  [
    'DBL-TOK-20',
    7000112,
    'a disabled client',
    { policy: { disabledClients: ['DD762716-544d-4aeb-a526-687b73838a22'] } },
  ],
  ['DBL-TOK-20', 500011, 'an unknown resource', { form: { resource: 'urn:ms-drs:adfs.contoso.example' } }],
  [
    'DBL-TOK-20',
    500014,
    'a disabled resource, by its other name',
    { policy: { disabledResources: ['01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9'] } },
  ],
  ['DBL-TOK-03', 700002, 'base64url', { form: { assertion: url64(`${unsigned()}>?>?>?`) } }],
  [
    'DBL-TOK-03',
    700002,
    'a + that was not percent-encoded',
    { body: (form) => new URLSearchParams({ ...form, assertion: 'PEE+PEE+' }).toString().replaceAll('%2B', '+') },
  ],
  ['DBL-TOK-03', 700002, 'base64 without padding', { form: { assertion: 'PGEvPg' } }],
  ['DBL-TOK-03', 700002, 'line breaks', { form: { assertion: base64(unsigned()).replace(/.{76}/g, '$&\r\n') } }],
  [
    'DBL-TOK-03',
    7000020,
    'standard base64 with the SAML 2.0 grant',
    { form: { grant_type: SAML2_GRANT, assertion: 'PGE+PGE/' } },
  ],
];
