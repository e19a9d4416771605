/**
 * Every text that a person reads in the browser, by page. A language is one file that implements this; the compiler
 * names what it lacks. Owns: which texts there are, and finding those of a language.
 */
import type { Language } from '../language.ts';
import type {
  AccountMessage,
  AccountProblem,
  Advice,
  ChangePasswordProblem,
  ChangePasswordReason,
  CodeProblem,
  EnrolPasskeyProblem,
  SecondFactorProblem,
  SignInProblem,
  Way,
} from '../views.ts';
import { GERMAN } from './de.ts';
import { ENGLISH } from './en.ts';

export interface Texts {
  /** The name of a page in the browser's tab, when something on it is wrong. */
  readonly titleWithProblem: (title: string) => string;
  readonly userName: string;
  readonly password: string;
  readonly back: string;
  readonly cancel: string;
  readonly continue: string;
  readonly signOut: string;
  /** Before the name of the person, on pages between the password and the end of the sign-in. */
  readonly person: string;
  /** The same, where a second factor is set up: a person may be signed in already. */
  readonly personOfAccount: string;
  readonly date: (date: Date) => string;
  readonly ways: Readonly<Record<Way, string>>;
  readonly signIn: {
    readonly title: string;
    readonly userNameHint: string;
    readonly stay: string;
    readonly stayHint: string;
    readonly submit: string;
    readonly changePassword: string;
    readonly problems: Readonly<Record<SignInProblem, string>>;
  };
  readonly changePassword: {
    readonly title: string;
    readonly reasons: Readonly<Record<ChangePasswordReason, string>>;
    readonly oldPassword: string;
    readonly newPassword: string;
    readonly again: string;
    readonly submit: string;
    readonly problems: Readonly<Record<ChangePasswordProblem, string>>;
  };
  readonly secondFactor: {
    readonly titles: Readonly<Record<Way, string>>;
    readonly explanations: Readonly<Record<Way, string>>;
    readonly labels: Readonly<Record<'totp' | 'recovery', string>>;
    readonly submit: string;
    readonly usePasskey: string;
    readonly otherWays: string;
    readonly others: Readonly<Record<Way, string>>;
    readonly problems: Readonly<Record<SecondFactorProblem, string>>;
  };
  readonly passkey: {
    readonly needsScript: string;
    readonly unavailable: string;
    readonly failed: string;
    readonly alreadyKnown: string;
  };
  readonly enrolmentGate: {
    readonly title: string;
    readonly explanation: string;
    readonly fromNetworkTitle: string;
    readonly fromNetwork: string;
    readonly byCodeTitle: string;
    readonly byCode: string;
    readonly code: string;
    readonly submit: string;
    readonly problems: Readonly<Record<CodeProblem, string>>;
  };
  readonly enrolmentChoice: {
    readonly title: string;
    readonly explanation: string;
    readonly totp: string;
    readonly passkey: string;
  };
  readonly enrolTotp: {
    readonly title: string;
    readonly scan: string;
    readonly qrCode: string;
    readonly byHand: string;
    readonly sameDevice: string;
    readonly secret: string;
    readonly code: string;
    readonly confirm: string;
    readonly submit: string;
    readonly problems: Readonly<Record<CodeProblem, string>>;
  };
  readonly enrolPasskey: {
    readonly title: string;
    readonly explanation: string;
    readonly name: string;
    readonly nameHint: string;
    readonly submit: string;
    readonly problems: Readonly<Record<EnrolPasskeyProblem, string>>;
  };
  readonly recoveryCodes: {
    readonly title: string;
    readonly explanation: string;
    readonly once: string;
    readonly list: string;
  };
  readonly account: {
    readonly title: string;
    readonly person: string;
    readonly signOut: string;
    readonly factors: string;
    readonly noFactors: string;
    readonly added: (date: string) => string;
    readonly lastUsed: (date: string) => string;
    readonly neverUsed: string;
    readonly remove: string;
    readonly removing: string;
    readonly removeNow: string;
    readonly addTotp: string;
    readonly addPasskey: string;
    readonly recoveryCodes: string;
    readonly codesLeft: (count: number) => string;
    readonly newCodes: string;
    readonly replacingCodes: string;
    readonly newCodesNow: string;
    readonly passwordTitle: string;
    readonly changePassword: string;
    readonly messages: Readonly<Record<AccountMessage, string>>;
    readonly problems: Readonly<Record<AccountProblem, string>>;
  };
  readonly signedOut: {
    readonly title: string;
    readonly explanation: string;
    readonly signInAgain: string;
  };
  readonly refused: {
    readonly titles: Readonly<Record<Advice, string>>;
    readonly explanations: Readonly<Record<Advice, string>>;
    readonly retry: string;
    readonly details: string;
    readonly code: string;
    readonly correlationId: string;
    readonly time: string;
  };
  readonly home: {
    /** In the browser's tab, where the organisation's name follows. */
    readonly tab: string;
    readonly title: (organisation: string) => string;
    readonly explanation: string;
    readonly possible: string;
    readonly account: string;
    readonly changePassword: string;
  };
  readonly posting: {
    readonly title: string;
    readonly explanation: string;
  };
}

const TEXTS: Readonly<Record<Language, Texts>> = { en: ENGLISH, de: GERMAN };

export function textsOf(language: Language): Texts {
  return TEXTS[language];
}
