/**
 * The form that a passkey fills in: what the script reads and writes, and what the page says where there is no script.
 * Owns: the agreement with passkey-script.ts about names. Does not own: the ceremony itself.
 */
import { attributes, html } from './html.ts';
import type { Html } from './html.ts';
import { form } from './parts.ts';
import type { Texts } from './texts/texts.ts';
import { TOLD } from './told.ts';
import type { FormView } from './views.ts';

export interface PasskeyForm {
  readonly step: 'passkey' | 'enrol-passkey';
  /** WebAuthn: `navigator.credentials.get` or `.create` */
  readonly ceremony: 'get' | 'create';
  /** As JSON of WebAuthn Level 3, with base64url where the browser wants bytes. */
  readonly options: object;
  readonly label: string;
  readonly fields?: Html;
  /** There is a box above the form that tells what happened. */
  readonly explained: boolean;
}

/**
 * Without the script there is the first notice, and no button. The script takes the notice away at once, and then shows
 * the button or, in a browser that cannot use passkeys, the second notice.
 */
export function passkeyForm(texts: Texts, view: FormView, given: PasskeyForm): Html {
  const { needsScript, unavailable, failed, alreadyKnown } = texts.passkey;
  const content = html`<input type="hidden" name="response" value="" />
    ${given.fields}
    <div
      id="passkey"
      data-ceremony="${given.ceremony}"
      data-options="${JSON.stringify(given.options)}"
      data-failed="${failed}"
      data-already-known="${alreadyKnown}"
    >
      <div class="notice needs-script"><p>${needsScript}</p></div>
      <div class="notice" id="passkey-unavailable" hidden=""><p>${unavailable}</p></div>
      <div class="problem" id="passkey-problem" role="alert"></div>
      <p class="act">
        <button
          class="button"
          type="submit"
          id="passkey-button"
          hidden=""
          ${attributes({ 'aria-describedby': given.explained ? TOLD : undefined })}
        >
          ${given.label}
        </button>
      </p>
    </div>`;
  return form(view, given.step, content, { id: 'passkey-form' });
}
