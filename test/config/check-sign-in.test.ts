/** How the settings of sign-in in the browser must fit together. */
import { expect, test } from 'vitest';
import { IDS, load, problemsOf, said, sample } from './sample.ts';
import type { Changes } from './sample.ts';

const S = 'environment.signIn';
const A = 'environment.applications';
const application = sample().environment.applications[0];
const second = { ...application, id: IDS.unknown, domainName: 'example.org' };

const signIn = (settings: object): Changes => ({ [S]: settings });
const applications = (...each: readonly object[]): Changes => ({
  [A]: [application, second].map((known, index) => ({ ...known, ...each[index] })),
});
const NOT_ANSWERED =
  'is empty beside other applications: AD FS’s addresses (`/adfs/…`, FederationMetadata.xml) are not answered for this one';

test.each<[string, Changes, readonly string[]]>([
  [
    'a host in two applications',
    applications({ hostNames: ['sso.example.com'] }, { hostNames: ['sso.example.org', 'SSO.Example.COM'] }),
    [`${A}[1].hostNames[1] is sso.example.com, as in another application above`],
  ],
  [
    'the custom domain in two applications',
    applications({ hostNames: ['login.example.com'] }, { hostNames: ['Login.example.com'] }),
    [`${A}[1].hostNames[0] is login.example.com, as in another application above`],
  ],
  [
    'a host in an application that is not enabled, too',
    applications({ hostNames: ['sso.example.com'], enabled: false }, { hostNames: ['sso.example.com'] }),
    [`${A}[1].hostNames[0] is sso.example.com, as in another application above`],
  ],
  [
    'a host twice in one application',
    { 'app.hostNames': ['sso.example.com', 'sso.example.com'] },
    [`${A}[0].hostNames[1] is sso.example.com, again`],
  ],
  [
    'a logo that is kept in a variable',
    signIn({ branding: { logoFile: '${env:LOGO}' } }),
    [`${S}.branding.logoFile names a variable or a file`],
  ],
])('%s is refused', (_, changes, problems) => {
  expect(said(problemsOf(changes))).toEqual(problems);
});

const OWN =
  'counts the whole Internet as the company’s own: nobody is asked for a second factor for being outside, and a password alone sets up the first one';
const ASKED =
  'asks browsers on the whole Internet for Kerberos: where they have no ticket, some show a window for a password';

test.each<[string, Changes, readonly string[]]>([
  [
    'the whole Internet as the company’s own',
    signIn({ corporateNetworks: ['10.0.0.0/8', '0.0.0.0/0', '::/0', '0.0.0.0/00'] }),
    [1, 2, 3].map((index) => `${S}.corporateNetworks[${index}] ${OWN}`),
  ],
  [
    'silent sign-in for the whole Internet',
    signIn({ silent: { networks: ['10.0.0.0/8', '::/0'] } }),
    [`${S}.silent.networks[1] ${ASKED}`],
  ],
  ['the same, switched off', signIn({ silent: { networks: ['::/0'], enabled: false } }), []],
  [
    'a stay that is shorter than a session',
    signIn({ staySignedInMinutes: 479 }),
    [
      `${S}.staySignedInMinutes is 479, less than \`sessionMinutes\` (480): who chooses to stay signed in is signed out sooner`,
    ],
  ],
  ['a stay of the same length', signIn({ staySignedInMinutes: 480 }), []],
  ['no stay at all', signIn({ staySignedInMinutes: 0 }), []],
  [
    'a policy for outside of networks that there are none of',
    { 'app.secondFactor.policy': 'outsideCorporateNetworks' },
    [
      `${A}[0].secondFactor.policy is outsideCorporateNetworks, and there are none: everybody is asked for a second factor, everywhere`,
    ],
  ],
  [
    'the same with networks, without a proxy',
    { 'app.secondFactor.policy': 'outsideCorporateNetworks', ...signIn({ corporateNetworks: ['10.0.0.0/8'] }) },
    [],
  ],
  [
    'two applications, one without hosts',
    applications({ hostNames: ['sso.example.com'] }, {}),
    [`${A}[1].hostNames ${NOT_ANSWERED}`],
  ],
  [
    'two applications without hosts',
    applications({}, {}),
    [`${A}[0].hostNames ${NOT_ANSWERED}`, `${A}[1].hostNames ${NOT_ANSWERED}`],
  ],
  ['two applications with hosts', applications({ hostNames: ['a.example.com'] }, { hostNames: ['b.example.com'] }), []],
  ['one application that is enabled', applications({}, { enabled: false }), []],
])('%s loads with %j', (_, changes, warnings) => {
  expect(said(load(changes).warnings)).toEqual(warnings);
});

test('of what is wrong already nothing more is said', () => {
  const policy = { 'app.secondFactor.policy': 'outsideCorporateNetworks' };
  for (const corporateNetworks of ['10.0.0.0/8', ['10.0.0.0/33']]) {
    const problems = problemsOf({ ...policy, ...signIn({ corporateNetworks, staySignedInMinutes: -1 }) });
    expect(problems.map(({ path }) => path.replace(/\[\d\]$/, ''))).toEqual([
      `${S}.corporateNetworks`,
      `${S}.staySignedInMinutes`,
    ]);
  }
});
