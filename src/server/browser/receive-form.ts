/** A form is taken only from the browser that it was shown in, and only from our own page. */
import type { HttpReply } from '../http-server.ts';
import { isFormToken, isFromElsewhere } from './form-token.ts';
import { takeForm } from './forms.ts';
import type { Fields } from './forms.ts';
import { seeOther } from './send-page.ts';
import { showChangePassword, showSignIn } from './sign-in-step.ts';
import { addressOf } from './visit.ts';
import type { Visit } from './visit.ts';

export async function receiveForm(visit: Visit, fields: Fields, take = takeForm): Promise<HttpReply> {
  const { service, request, attempt, visitCookie } = visit;
  const site = request.headers['sec-fetch-site'];
  const elsewhere = isFromElsewhere(typeof site === 'string' ? site : undefined);
  if (!elsewhere && isFormToken(service.formKey, visitCookie, fields.get('csrf') ?? '')) return take(visit, fields);
  const { endpoint, sourceAddress } = attempt;
  service.log.warn({ endpoint, sourceAddress, code: 'form-expired', elsewhere }, 'a form was not taken');
  // Another site's form may show nothing that it filled in; ours is shown again, without what was typed.
  const problem = visitCookie === undefined && !elsewhere ? 'cookies' : 'page-expired';
  if (fields.get('step') === 'password') return showSignIn(visit, problem);
  if (fields.get('step') === 'change-password') return showChangePassword(visit, 'wanted', 'page-expired');
  return seeOther(visit.reply, addressOf(visit, visit.show));
}
