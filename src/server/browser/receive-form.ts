/** A form is taken only from the browser that it was shown in, and only from our own page. */
import type { HttpReply } from '../http-server.ts';
import { ENROL, showEnrolment } from './enrolment.ts';
import { isFormToken, isFromElsewhere } from './form-token.ts';
import { takeForm } from './forms.ts';
import type { Fields } from './forms.ts';
import { seeOther } from './send-page.ts';
import { showSecondFactor } from './second-factor-step.ts';
import { changeReason, showChangePassword, showSignIn } from './sign-in-step.ts';
import { isSignedIn } from './signed-in.ts';
import type { SignedIn } from './signed-in.ts';
import { addressOf } from './visit.ts';
import type { Visit } from './visit.ts';

/** @param again shows the page of a form that was not taken to whoever is signed in */
export async function receiveForm(
  visit: Visit,
  fields: Fields,
  take = takeForm,
  again = showAgain,
): Promise<HttpReply> {
  const { service, request, attempt, visitCookie } = visit;
  const site = request.headers['sec-fetch-site'];
  const elsewhere = isFromElsewhere(typeof site === 'string' ? site : undefined);
  if (!elsewhere && isFormToken(service.formKey, visitCookie, fields.get('csrf') ?? '')) return take(visit, fields);
  const { endpoint, sourceAddress, requestId } = attempt;
  const about = { endpoint, sourceAddress, ...(requestId !== undefined && { requestId }) };
  service.log.warn({ ...about, code: 'form-expired', elsewhere }, 'a form was not taken');
  // Another site's form may show nothing that it filled in; ours is shown again, without what was typed.
  const problem = visitCookie === undefined && !elsewhere ? 'cookies' : 'page-expired';
  if (fields.get('step') === 'password') return showSignIn(visit, problem);
  if (fields.get('step') === 'change-password')
    return showChangePassword(visit, changeReason(visit.show) ?? 'wanted', 'page-expired');
  if (!elsewhere && isSignedIn(visit)) return again(visit, fields);
  return seeOther(visit.reply, addressOf(visit, visit.show));
}

/** The page of the form's step, which says why it is shown once more. */
export async function showAgain(visit: SignedIn, fields: Fields): Promise<HttpReply> {
  switch (fields.get('step')) {
    case 'totp':
    case 'recovery':
    case 'passkey':
      return showSecondFactor(visit, 'page-expired');
    case 'enrolment-code':
      return showEnrolment(visit, { gate: 'page-expired' });
    case 'enrol-totp':
      return showEnrolment({ ...visit, show: ENROL.totp }, { totp: 'page-expired' });
    case 'enrol-passkey':
      return showEnrolment({ ...visit, show: ENROL.passkey }, { passkey: 'page-expired' });
    default:
      return seeOther(visit.reply, addressOf(visit, visit.show));
  }
}
