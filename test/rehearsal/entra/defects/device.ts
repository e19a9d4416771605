/** Token requests with one defect: what a device’s assertion says, and policies. */
import {
  claim,
  NS,
  OBJECT_GUID,
  OBJECT_GUID_BASE64,
  OBJECT_SID,
  withAttribute,
  withoutAttribute,
} from '../assertion-fixture.ts';
import { OTHER_COMPUTER, signed } from '../token-fixture.ts';
import type { Defect } from '../token-fixture.ts';

export const DEVICE_DEFECTS: readonly Defect[] = [
  ['DBL-TOK-16', 51004, 'no accounttype', { xml: () => signed({ attributes: withoutAttribute('accounttype') }) }],
  [
    'DBL-TOK-16',
    51004,
    'no onpremobjectguid',
    { xml: () => signed({ attributes: withoutAttribute('onpremobjectguid') }) },
  ],
  ['DBL-TOK-16', 51004, 'no primarysid', { xml: () => signed({ attributes: withoutAttribute('primarysid') }) }],
  [
    'DBL-TOK-16',
    51004,
    'accounttype in the wrong namespace',
    { xml: () => signed({ attributes: withAttribute(claim('accounttype', NS.identity2005, 'DJ')) }) },
  ],
  [
    'DBL-TOK-16',
    51004,
    'onpremobjectguid in the wrong namespace',
    { xml: () => signed({ attributes: withAttribute(claim('onpremobjectguid', NS.accounttype, OBJECT_GUID_BASE64)) }) },
  ],
  [
    'DBL-TOK-16',
    51004,
    'primarysid in the wrong namespace',
    { xml: () => signed({ attributes: withAttribute(claim('primarysid', NS.onpremobjectguid, OBJECT_SID)) }) },
  ],
  [
    'DBL-TOK-16',
    51004,
    'a namespace with a final slash',
    { xml: () => signed({ attributes: withAttribute(claim('accounttype', `${NS.accounttype}/`, 'DJ')) }) },
  ],
  [
    'DBL-TOK-16',
    51004,
    'the name in another case',
    { xml: () => signed({ attributes: withAttribute(claim('AccountType', NS.accounttype, 'DJ')) }) },
  ],
  [
    'DBL-TOK-16',
    51004,
    'accounttype of a person',
    { xml: () => signed({ attributes: withAttribute(claim('accounttype', NS.accounttype, 'User')) }) },
  ],
  [
    'DBL-TOK-16',
    51004,
    'accounttype with its quotation marks',
    { xml: () => signed({ attributes: withAttribute(claim('accounttype', NS.accounttype, '"DJ"')) }) },
  ],
  [
    'DBL-TOK-16',
    51004,
    'a claim without value',
    { xml: () => signed({ attributes: withAttribute(claim('primarysid', NS.primarysid)) }) },
  ],
  [
    'DBL-TOK-17',
    50008,
    'base64 of the GUID’s text',
    {
      xml: () =>
        signed({
          attributes: withAttribute(
            claim('onpremobjectguid', NS.onpremobjectguid, Buffer.from(OBJECT_GUID).toString('base64')),
          ),
        }),
    },
  ],
  [
    'DBL-TOK-17',
    50008,
    'the GUID’s text',
    { xml: () => signed({ attributes: withAttribute(claim('onpremobjectguid', NS.onpremobjectguid, OBJECT_GUID)) }) },
  ],
  [
    'DBL-TOK-17',
    50008,
    'base64 without padding',
    {
      xml: () =>
        signed({
          attributes: withAttribute(claim('onpremobjectguid', NS.onpremobjectguid, OBJECT_GUID_BASE64.slice(0, -2))),
        }),
    },
  ],
  [
    'DBL-TOK-17',
    50008,
    'white space around the value',
    {
      xml: () =>
        signed({ attributes: withAttribute(claim('onpremobjectguid', NS.onpremobjectguid, ` ${OBJECT_GUID_BASE64}`)) }),
    },
  ],
  [
    'DBL-TOK-17',
    50008,
    'a SID as base64',
    { xml: () => signed({ attributes: withAttribute(claim('primarysid', NS.primarysid, 'AQUAAAAAAAUVAAAA')) }) },
  ],
  [
    'DBL-TOK-17',
    50008,
    'the SID of a group of the machine',
    { xml: () => signed({ attributes: withAttribute(claim('primarysid', NS.primarysid, 'S-1-5-32-544')) }) },
  ],
  [
    'DBL-TOK-17',
    50008,
    'two values',
    { xml: () => signed({ attributes: withAttribute(claim('primarysid', NS.primarysid, OBJECT_SID, OBJECT_SID)) }) },
  ],
  [
    'DBL-TOK-17',
    50008,
    'the same claim twice',
    { xml: () => signed({ attributes: [...withAttribute(), claim('accounttype', NS.accounttype, 'DJ')] }) },
  ],
  [
    'DBL-TOK-18',
    51004,
    'the objectGUID of no computer',
    {
      xml: () =>
        signed({
          attributes: withAttribute(claim('onpremobjectguid', NS.onpremobjectguid, 'AAAAAAAAAAAAAAAAAAAAAA==')),
        }),
    },
  ],
  [
    'DBL-TOK-18',
    51004,
    'the GUID in the other byte order',
    {
      xml: () =>
        signed({
          attributes: withAttribute(
            claim(
              'onpremobjectguid',
              NS.onpremobjectguid,
              Buffer.from(OBJECT_GUID.replaceAll('-', ''), 'hex').toString('base64'),
            ),
          ),
        }),
    },
  ],
  [
    'DBL-TOK-18',
    51004,
    "another computer's SID",
    { xml: () => signed({ attributes: withAttribute(claim('primarysid', NS.primarysid, OTHER_COMPUTER.objectSid)) }) },
  ],
  [
    'DBL-TOK-19',
    221000,
    'a device that asks for Microsoft Graph',
    { form: { resource: 'https://graph.microsoft.com' } },
  ],
  ['DBL-TOK-21', 53003, 'a policy that blocks registration', { policy: { blockDeviceRegistration: true } }],
];
