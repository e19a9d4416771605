/** Every page in every state that looks different, for the tests that look at all of them. */
import { renderSVG } from 'uqr';
import { accountPage } from '../../src/pages/account-page.ts';
import { makeAssets } from '../../src/pages/assets.ts';
import { changePasswordPage } from '../../src/pages/change-password-page.ts';
import { enrolPasskeyPage } from '../../src/pages/enrol-passkey-page.ts';
import { enrolTotpPage } from '../../src/pages/enrol-totp-page.ts';
import { enrolmentChoicePage, enrolmentGatePage } from '../../src/pages/enrolment-pages.ts';
import { homePage } from '../../src/pages/home-page.ts';
import { trustedSvg } from '../../src/pages/html.ts';
import type { Language } from '../../src/pages/language.ts';
import type { Branding, Page, PageContext } from '../../src/pages/page.ts';
import { postingPage } from '../../src/pages/posting-page.ts';
import { recoveryCodesPage } from '../../src/pages/recovery-codes-page.ts';
import { refusedPage } from '../../src/pages/refused-page.ts';
import { secondFactorPage } from '../../src/pages/second-factor-page.ts';
import { signInPage } from '../../src/pages/sign-in-page.ts';
import { signedOutPage } from '../../src/pages/signed-out-page.ts';
import type { Advice, ChangePasswordProblem, SecondFactorProblem, SignInProblem } from '../../src/pages/views.ts';

/** Text that a page did not make up itself: names, values, what a person typed. Addresses stay addresses. */
export type Given = (text: string) => string;

export interface SamplePage {
  readonly name: string;
  readonly write: (context: PageContext, given?: Given) => Page;
}

export const BRANDING: Branding = {
  organisationName: 'Example Manufacturing',
  logo: undefined,
  accentColour: '#1f5fa8',
  help: { text: 'Help desk: 1234, helpdesk@example.test', href: 'mailto:helpdesk@example.test' },
};

export function contextOf(language: Language, branding: Branding = BRANDING): PageContext {
  return { language, branding, assets: makeAssets(branding) };
}

const same: Given = (text) => text;
const form = (given: Given) => ({ action: '/wsf/prp/3f0c?wa=wsignin1.0&wctx=a%26b', csrf: given('Zm9vYmFy') });
const NORA = 'nora.keller@corp.example.test';
const TIME = new Date('2026-11-25T14:10:03.512Z');
const URI =
  'otpauth://totp/Example%20Manufacturing:nora.keller%40corp.example.test?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example%20Manufacturing';
const CODES = ['4k7p-m2xq', '9wzn-c3ht', 'r8fd-6vjy', 'x2bq-t5ke', 'h7ms-p4gw', 'd3vc-9zrn', 'y6tj-k8fx', 'b5gp-w2hm'];

const signIn: readonly SamplePage[] = [
  {
    name: 'sign-in',
    write: (context, given = same) => signInPage(context, { ...form(given), offersToStaySignedIn: false }),
  },
  {
    name: 'sign-in-named',
    write: (context, given = same) =>
      signInPage(context, {
        ...form(given),
        userName: given(NORA),
        offersToStaySignedIn: true,
        changePasswordHref: '/adfs/portal/updatepassword',
      }),
  },
  ...(['wrong', 'ticket-failed', 'page-expired', 'cookies', 'busy', 'empty'] satisfies SignInProblem[]).map(
    (problem): SamplePage => ({
      name: `sign-in-${problem}`,
      write: (context, given = same) =>
        signInPage(context, { ...form(given), userName: given(NORA), problem, offersToStaySignedIn: true }),
    }),
  ),
];

const changePassword: readonly SamplePage[] = [
  ...(['expired', 'must-change', 'wanted'] as const).map((reason): SamplePage => ({
    name: `change-password-${reason}`,
    write: (context, given = same) =>
      changePasswordPage(context, {
        ...form(given),
        userName: given(NORA),
        reason,
        ownAccount: reason === 'wanted',
        cancelHref: '/account',
      }),
  })),
  ...(
    [
      'wrong',
      'mismatch',
      'same',
      'policy',
      'not-allowed',
      'busy',
      'page-expired',
      'empty',
    ] satisfies ChangePasswordProblem[]
  ).map((problem): SamplePage => ({
    name: `change-password-${problem}`,
    write: (context, given = same) =>
      changePasswordPage(context, { ...form(given), userName: given(NORA), reason: 'expired', problem }),
  })),
];

const secondFactor: readonly SamplePage[] = (['totp', 'passkey', 'recovery'] as const).flatMap((chosen) =>
  [
    undefined,
    ...(['wrong', 'used', 'attempts', 'passkey-failed', 'page-expired', 'empty'] satisfies SecondFactorProblem[]),
  ].map((problem): SamplePage => ({
    name: `second-factor-${chosen}${problem === undefined ? '' : `-${problem}`}`,
    write: (context, given = same) =>
      secondFactorPage(context, {
        ...form(given),
        userName: given(NORA),
        chosen,
        others: (['totp', 'passkey', 'recovery'] as const)
          .filter((kind) => kind !== chosen)
          .map((kind) => ({ kind, href: `?way=${kind}` })),
        ...(chosen === 'passkey' ? { passkeyOptions: { challenge: given('AAECAw'), rpId: 'localhost' } } : {}),
        ...(problem === undefined ? {} : { problem }),
        signOutHref: '/wsf/prp/3f0c?wa=wsignout1.0',
      }),
  })),
);

const enrolment: readonly SamplePage[] = [
  ...([undefined, 'wrong', 'attempts', 'page-expired', 'empty'] as const).flatMap((problem): readonly SamplePage[] => [
    {
      name: `enrolment-gate${problem === undefined ? '' : `-${problem}`}`,
      write: (context, given = same) =>
        enrolmentGatePage(context, {
          ...form(given),
          userName: given(NORA),
          ...(problem === undefined ? {} : { problem }),
          signOutHref: '/?wa=wsignout1.0',
        }),
    },
    {
      name: `enrol-totp${problem === undefined ? '' : `-${problem}`}`,
      write: (context, given = same) =>
        enrolTotpPage(context, {
          ...form(given),
          userName: given(NORA),
          qrSvg: trustedSvg(renderSVG(URI)),
          secret: given('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'),
          uri: URI,
          ...(problem === undefined ? {} : { problem }),
          backHref: '/account/add',
        }),
    },
  ]),
  {
    name: 'enrolment-choice',
    write: (context, given = same) =>
      enrolmentChoicePage(context, {
        userName: given(NORA),
        totpHref: '/account/add/totp',
        passkeyHref: '/account/add/passkey',
        signOutHref: '/sign-out',
      }),
  },
  ...([undefined, 'passkey-failed', 'page-expired'] as const).map((problem): SamplePage => ({
    name: `enrol-passkey${problem === undefined ? '' : `-${problem}`}`,
    write: (context, given = same) =>
      enrolPasskeyPage(context, {
        ...form(given),
        userName: given(NORA),
        options: { challenge: given('AAECAw'), user: { id: given('AAEC') } },
        ...(problem === undefined ? {} : { problem }),
        backHref: '/account/add',
      }),
  })),
  {
    name: 'recovery-codes',
    write: (context, given = same) =>
      recoveryCodesPage(context, { userName: given(NORA), codes: CODES.map(given), continueHref: '/account' }),
  },
];

const account: readonly SamplePage[] = [
  {
    name: 'account',
    write: (context, given = same) =>
      accountPage(context, {
        ...form(given),
        userName: given(NORA),
        factors: [
          { id: given('f1'), kind: 'totp', name: '', createdAt: TIME, lastUsedAt: undefined },
          { id: given('f2'), kind: 'passkey', name: given('Laptop'), createdAt: TIME, lastUsedAt: TIME },
        ],
        recoveryCodesLeft: 7,
        addTotpHref: '/account/add/totp',
        addPasskeyHref: '/account/add/passkey',
        changePasswordHref: '/password',
        signOutHref: '/?wa=wsignout1.0',
        message: 'factor-added',
      }),
  },
  ...(['last-factor', 'page-expired'] as const).map((problem): SamplePage => ({
    name: `account-${problem}`,
    write: (context, given = same) =>
      accountPage(context, {
        ...form(given),
        userName: given(NORA),
        factors: [],
        recoveryCodesLeft: 0,
        addTotpHref: '/account/add/totp',
        addPasskeyHref: '/account/add/passkey',
        signOutHref: '/?wa=wsignout1.0',
        problem,
      }),
  })),
];

const others: readonly SamplePage[] = [
  {
    name: 'signed-out',
    write: (context) =>
      signedOutPage(context, {
        cleanUp: ['https://login.localhost:8444/login.srf?wa=wsignoutcleanup1.0'],
        signInHref: '/account',
      }),
  },
  ...(
    [
      'retry',
      'start-again',
      'help-desk',
      'not-today',
      'change-password-elsewhere',
      'company-network',
      'loop',
    ] satisfies Advice[]
  ).map((advice): SamplePage => ({
    name: `refused-${advice}`,
    write: (context, given = same) =>
      refusedPage(context, {
        advice,
        code: given('person-not-permitted'),
        correlationId: given('0d5e64b1-6c5f-4e43-9df7-0e6c8a0a7b7e'),
        time: TIME,
        ...(advice === 'help-desk' ? {} : { retryHref: '/wsf/prp/3f0c?wa=wsignin1.0' }),
      }),
  })),
  {
    name: 'home',
    write: (context) => homePage(context, { accountHref: '/account', changePasswordHref: '/password' }),
  },
  {
    name: 'posting',
    write: (context, given = same) =>
      postingPage(context, {
        replyUrl: 'https://login.localhost:8444/login.srf',
        fields: [
          ['wa', 'wsignin1.0'],
          ['wresult', given('<t:RequestSecurityTokenResponse>')],
          ['wctx', given('estsredirect=2&estsrequest=rQIIA')],
        ],
      }),
  },
];

export const SAMPLE_PAGES: readonly SamplePage[] = [
  ...signIn,
  ...changePassword,
  ...secondFactor,
  ...enrolment,
  ...account,
  ...others,
];

export function sampleNamed(name: string): SamplePage {
  const found = SAMPLE_PAGES.find((sample) => sample.name === name);
  if (found === undefined) throw new Error(`there is no sample ${name}`);
  return found;
}
