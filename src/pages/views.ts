/**
 * What each page is told: the server fills these in, the pages write them down. Owns: the names of what may be shown
 * and of what may be wrong. Does not own: the words for it (texts/).
 */
import type { Html } from './html.ts';

/** A form, where it is posted to and what keeps others from posting it. */
export interface FormView {
  readonly action: string;
  readonly csrf: string;
}

/** `wrong` stands for every reason that must not be told apart: unknown, locked out, disabled, guarded against guessing. */
export type SignInProblem = 'wrong' | 'ticket-failed' | 'page-expired' | 'cookies' | 'busy' | 'empty';

export interface SignInView extends FormView {
  readonly userName?: string;
  readonly problem?: SignInProblem;
  readonly offersToStaySignedIn: boolean;
  readonly changePasswordHref?: string;
}

export type ChangePasswordReason = 'expired' | 'must-change' | 'wanted';

export type ChangePasswordProblem =
  | 'wrong'
  | 'mismatch'
  | 'same'
  | 'policy'
  | 'not-allowed'
  | 'busy'
  | 'page-expired'
  | 'empty';

export interface ChangePasswordView extends FormView {
  readonly userName?: string;
  /** Whoever is signed in to the own account changes that one's password. */
  readonly ownAccount?: boolean;
  readonly reason: ChangePasswordReason;
  readonly problem?: ChangePasswordProblem;
  readonly cancelHref?: string;
}

/** What a person can confirm a sign-in with. */
export type Way = 'totp' | 'passkey' | 'recovery';

export type SecondFactorProblem = 'wrong' | 'used' | 'attempts' | 'passkey-failed' | 'page-expired' | 'empty';

export interface SecondFactorView extends FormView {
  readonly userName: string;
  readonly chosen: Way;
  readonly others: readonly { readonly kind: Way; readonly href: string }[];
  /** PublicKeyCredentialRequestOptionsJSON, for the way `passkey`. */
  readonly passkeyOptions?: object;
  readonly problem?: SecondFactorProblem;
  readonly signOutHref: string;
}

export type CodeProblem = 'wrong' | 'attempts' | 'page-expired' | 'empty';

export interface EnrolmentGateView extends FormView {
  readonly userName: string;
  readonly problem?: CodeProblem;
  readonly signOutHref: string;
}

export interface EnrolmentChoiceView {
  readonly userName: string;
  readonly totpHref: string;
  readonly passkeyHref: string;
  readonly signOutHref: string;
}

export interface EnrolTotpView extends FormView {
  readonly userName: string;
  /** See `trustedSvg`. */
  readonly qrSvg: Html;
  /** Base32; shown in groups of four. */
  readonly secret: string;
  /** `otpauth:`, for an app on the same device. */
  readonly uri: string;
  readonly problem?: CodeProblem;
  readonly backHref: string;
}

export type EnrolPasskeyProblem = 'passkey-failed' | 'page-expired';

export interface EnrolPasskeyView extends FormView {
  readonly userName: string;
  /** PublicKeyCredentialCreationOptionsJSON */
  readonly options: object;
  readonly problem?: EnrolPasskeyProblem;
  readonly backHref: string;
}

export interface RecoveryCodesView {
  readonly userName: string;
  readonly codes: readonly string[];
  readonly continueHref: string;
}

export interface EnrolledFactor {
  readonly id: string;
  readonly kind: 'totp' | 'passkey';
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
}

export type AccountMessage = 'password-changed' | 'factor-added' | 'factor-removed';

export type AccountProblem = 'last-factor' | 'page-expired';

export interface AccountView extends FormView {
  readonly userName: string;
  readonly factors: readonly EnrolledFactor[];
  readonly recoveryCodesLeft: number;
  readonly addTotpHref: string;
  readonly addPasskeyHref: string;
  readonly changePasswordHref?: string;
  readonly signOutHref: string;
  readonly message?: AccountMessage;
  readonly problem?: AccountProblem;
}

export interface SignedOutView {
  /** https addresses, loaded as images: sign-out of the applications. Others are left out. */
  readonly cleanUp: readonly string[];
  readonly signInHref?: string;
}

/** The one thing that the person can do. */
export type Advice =
  | 'retry'
  | 'start-again'
  | 'help-desk'
  | 'not-today'
  | 'change-password-elsewhere'
  | 'company-network'
  | 'loop';

export interface RefusedView {
  readonly advice: Advice;
  readonly code: string;
  readonly correlationId: string;
  readonly time: Date;
  readonly retryHref?: string;
  /** For whoever is signed in and cannot go on. */
  readonly signOutHref?: string;
}

export interface HomeView {
  readonly accountHref: string;
  readonly changePasswordHref?: string;
}

export interface PostingView {
  readonly replyUrl: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}
