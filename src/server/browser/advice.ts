/** What a refusal says to a person in the browser: the one thing to do. Everything else is the help desk's. */
import type { Advice } from '../../pages/views.ts';
import { refusals } from '../../refusal.ts';
import type { RefusalCode } from '../../refusal.ts';

const ADVICE: { readonly [Code in RefusalCode]?: Advice } = {
  'directory-down': 'retry',
  'internal-error': 'retry',
  'record-unavailable': 'retry',
  'source-slowed-down': 'retry',
  'unknown-application': 'start-again',
  'unknown-endpoint': 'start-again',
  'method-not-allowed': 'start-again',
  'wsfed-request-malformed': 'start-again',
  'wsfed-action-not-supported': 'start-again',
  'wtrealm-missing': 'start-again',
  'wtrealm-unknown': 'start-again',
  'wctx-not-returnable': 'start-again',
  'form-expired': 'start-again',
  'session-ended': 'start-again',
  'password-logon-hours': 'not-today',
  'password-expired': 'change-password-elsewhere',
  'password-must-change': 'change-password-elsewhere',
  'password-change-not-allowed': 'change-password-elsewhere',
  'wauth-not-met': 'company-network',
  'enrolment-not-allowed': 'company-network',
  'sign-in-loops': 'loop',
};

export const adviceFor = (code: RefusalCode): Advice => ADVICE[code] ?? 'help-desk';

/** Of a page: what the SOAP endpoints answer as a fault is a page that says no. */
export function statusFor(code: RefusalCode): number {
  const { answer } = refusals[code];
  if (code === 'internal-error' || code === 'record-unavailable') return 500;
  if (code === 'directory-down') return 503;
  return typeof answer === 'number' ? answer : 403;
}
