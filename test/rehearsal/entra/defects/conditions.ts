/** Token requests with one defect: conditions and subject. */
import { claim, NS, OBJECT_GUID_BASE64 } from '../assertion-fixture.ts';
import { PERSON, signed, edited, without, changed } from '../token-fixture.ts';
import type { Defect } from '../token-fixture.ts';

export const CONDITIONS_DEFECTS: readonly Defect[] = [
  ['DBL-TOK-11', 500133, 'expired more than the skew ago', { now: new Date('2026-03-02T11:05:00.000Z') }],
  ['DBL-TOK-11', 500133, 'not yet valid by more than the skew', { now: new Date('2026-03-02T09:54:59.999Z') }],
  [
    'DBL-TOK-11',
    50008,
    'a condition of another vocabulary',
    { xml: changed('</saml:Conditions>', '<x:Once xmlns:x="urn:x"/></saml:Conditions>') },
  ],
  ['DBL-TOK-12', 500131, 'another audience', { xml: () => signed({ audience: 'urn:federation:other' }) }],
  [
    'DBL-TOK-12',
    500131,
    'the audience in another case',
    { xml: () => signed({ audience: 'urn:federation:microsoftonline' }) },
  ],
  [
    'DBL-TOK-12',
    500131,
    'a second restriction that names another',
    {
      xml: changed(
        '</saml:Conditions>',
        '<saml:AudienceRestrictionCondition><saml:Audience>urn:x</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions>',
      ),
    },
  ],
  [
    'DBL-TOK-12',
    50008,
    'no audience',
    { xml: without(/<saml:AudienceRestrictionCondition>.*<\/saml:AudienceRestrictionCondition>/g) },
  ],
  ['DBL-TOK-13', 50008, 'holder-of-key', { xml: changed('cm:bearer', 'cm:holder-of-key') }],
  [
    'DBL-TOK-13',
    50008,
    'no confirmation',
    { xml: without(/<saml:SubjectConfirmation>.*?<\/saml:SubjectConfirmation>/g) },
  ],
  [
    'DBL-TOK-13',
    50008,
    'two subjects',
    {
      xml: () =>
        edited((xml) => xml.replace(`>${OBJECT_GUID_BASE64}</saml:NameIdentifier>`, '>other</saml:NameIdentifier>')),
    },
  ],
  [
    'DBL-TOK-13',
    50008,
    'another NameIdentifier format',
    { xml: changed('nameid-format:unspecified', 'nameid-format:X509SubjectName') },
  ],
  ['DBL-TOK-14', 90020, 'no NameIdentifier', { xml: without(/<saml:NameIdentifier.*?<\/saml:NameIdentifier>/g) }],
  ['DBL-TOK-14', 90020, 'an empty NameIdentifier', { xml: () => signed({ nameIdentifier: '' }) }],
  [
    'DBL-TOK-14',
    90020,
    'a person without ImmutableID',
    { xml: () => signed({ attributes: [claim('UPN', NS.xmlsoapClaims, 'ada@contoso.example')] }) },
  ],
  [
    'DBL-TOK-14',
    90020,
    'ImmutableID in a namespace that is not read',
    { xml: () => signed({ attributes: [claim('ImmutableID', 'urn:other', PERSON.onPremisesImmutableId)] }) },
  ],
];
