/** Token requests with one defect: what a person’s assertion says. */
import { claim, NS } from '../assertion-fixture.ts';
import { PERSON, signed, personOf } from '../token-fixture.ts';
import type { Defect } from '../token-fixture.ts';

export const PERSON_DEFECTS: readonly Defect[] = [
  [
    'DBL-TOK-15',
    51004,
    'a person who is not synchronised',
    { xml: () => signed({ attributes: [claim('ImmutableID', NS.liveId, 'AAAAAAAAAAAAAAAAAAAAAA==')] }) },
  ],
  [
    'DBL-TOK-15',
    51004,
    'an ImmutableID in another case',
    {
      xml: () => signed({ attributes: [claim('ImmutableID', NS.liveId, PERSON.onPremisesImmutableId.toLowerCase())] }),
    },
  ],
  [
    'DBL-TOK-15',
    51004,
    'a UPN that is not the user’s',
    {
      xml: () =>
        signed({
          attributes: [
            claim('ImmutableID', NS.liveId, PERSON.onPremisesImmutableId),
            claim('UPN', NS.xmlsoapClaims, 'other@contoso.example'),
          ],
        }),
    },
  ],
  [
    'DBL-TOK-22',
    50107,
    'a person of another federated domain',
    { xml: () => personOf(PERSON.onPremisesImmutableId), upn: 'ada@other.example' },
  ],
  [
    'DBL-TOK-22',
    50107,
    'a person of a managed domain',
    { xml: () => personOf(PERSON.onPremisesImmutableId), upn: 'ada@managed.example' },
  ],
  [
    'DBL-TOK-23',
    50057,
    'a disabled person',
    { xml: () => personOf(PERSON.onPremisesImmutableId), disabled: PERSON.onPremisesImmutableId },
  ],
];
