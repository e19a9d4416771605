/** The pages for whoever is not signed in: the form, and the change of a password that must not be used any more. */
import { changePasswordPage } from '../../pages/change-password-page.ts';
import { signInPage } from '../../pages/sign-in-page.ts';
import type { ChangePasswordProblem, ChangePasswordReason, SignInProblem } from '../../pages/views.ts';
import type { HttpReply } from '../http-server.ts';
import { sendPage } from './send-page.ts';
import { addressOf, formOf } from './visit.ts';
import { isSignedIn } from './signed-in.ts';
import type { SignedIn } from './signed-in.ts';
import type { Visit } from './visit.ts';

export function showSignIn(
  visit: Visit,
  problem?: SignInProblem,
  userName = visit.goal.userName,
  status = 200,
): HttpReply {
  const { service, page, reply } = visit;
  const view = {
    ...formOf(visit),
    ...(userName !== undefined && { userName: written(userName) }),
    ...(problem !== undefined && { problem }),
    offersToStaySignedIn: service.settings.staySignedInMinutes > 0,
    ...(allowsPasswordChanges(visit) && { changePasswordHref: addressOf(visit, 'password') }),
  };
  return sendPage(reply, status, signInPage(page, view));
}

/** As it was typed, but for what no document may hold (HTML Standard §13.2.3.5, control characters). */
const written = (userName: string): string => userName.replaceAll(/\p{Cc}/gu, '');

/** Of anybody here: whose it is, is known only once the old password is. */
export const allowsPasswordChanges = ({ goal }: Visit): boolean =>
  goal.issuing.passwordGateways.some(({ userTypes }) => userTypes.some((userType) => userType.allowPasswordChanges));

/** An application may ask for somebody else than who is signed in; the page of one's own account does not. */
export const isOwnAccount = (visit: Visit): visit is SignedIn => visit.goal.endpoint === 'account' && isSignedIn(visit);

/** Values of our own parameter, by why the page is shown. */
const CHANGE: Readonly<Record<ChangePasswordReason, string>> = {
  wanted: 'password',
  expired: 'password-expired',
  'must-change': 'password-must-change',
};

/** Undefined when the parameter names another page. */
export const changeReason = (show: string | undefined): ChangePasswordReason | undefined =>
  (Object.keys(CHANGE) as ChangePasswordReason[]).find((reason) => CHANGE[reason] === show);

export function showChangePassword(
  visit: Visit,
  reason: ChangePasswordReason,
  problem?: ChangePasswordProblem,
  userName = visit.goal.userName,
): HttpReply {
  const view = {
    ...formOf(visit),
    // The page knows again why it is shown, when its form comes back.
    action: addressOf(visit, CHANGE[reason]),
    reason,
    ...(userName !== undefined && { userName: written(userName) }),
    ...(problem !== undefined && { problem }),
    ...(reason === 'wanted' && { cancelHref: addressOf(visit) }),
    ownAccount: isOwnAccount(visit),
  };
  return sendPage(visit.reply, 200, changePasswordPage(visit.page, view));
}
