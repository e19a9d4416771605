/**
 * Parts of which pages are made: forms, fields, who signs in. Owns: their markup, and with it
 * that a screen reader tells each field's name, hint and mistake. Does not own: which parts a page has.
 */
import { attributes, html } from './html.ts';
import type { Html } from './html.ts';
import { TOLD } from './told.ts';
import type { Told } from './told.ts';
import type { FormView } from './views.ts';

/** @param step which form of the flow this is; the server reads it first */
export function form(view: FormView, step: string, content: Html, more?: { readonly id: string }): Html {
  return html`<form method="post" action="${view.action}" ${attributes({ id: more?.id })}>
    <input type="hidden" name="csrf" value="${view.csrf}" />
    <input type="hidden" name="step" value="${step}" />
    ${content}
  </form>`;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly autocomplete: string;
  readonly value?: string | undefined;
  readonly hint?: string;
  readonly optional?: boolean;
  readonly readOnly?: boolean;
  /** The page's first field, or the first that has to be typed again. */
  readonly focus?: boolean;
  /** What the box above the form tells is about this field. */
  readonly wrong?: boolean;
  /** There is such a box, and it is read out with this field, as that is where a person begins. */
  readonly explained?: boolean;
  readonly inputMode?: 'numeric' | 'email';
  readonly code?: boolean;
}

export function field(given: Field): Html {
  const hintId = given.hint === undefined ? undefined : `${given.name}-hint`;
  const described = [given.wrong === true || given.explained === true ? TOLD : undefined, hintId]
    .filter((id) => id !== undefined)
    .join(' ');
  return html`<div class="field">
    <label for="${given.name}">${given.label}</label>
    <input
      id="${given.name}"
      name="${given.name}"
      type="${given.type ?? 'text'}"
      ${attributes({
        class: given.code === true ? 'code' : undefined,
        value: given.value,
        autocomplete: given.autocomplete,
        inputmode: given.inputMode,
        autocapitalize: 'none',
        autocorrect: 'off',
        spellcheck: 'false',
        required: given.optional !== true,
        readonly: given.readOnly,
        autofocus: given.focus,
        'aria-invalid': given.wrong === true ? 'true' : undefined,
        'aria-describedby': described === '' ? undefined : described,
      })}
    />
    ${hintId === undefined ? undefined : html`<p class="hint" id="${hintId}">${given.hint ?? ''}</p>`}
  </div>`;
}

/** For a code that is read elsewhere and typed here. */
export const codeField = (given: Pick<Field, 'label' | 'inputMode' | 'focus'>, { box, mistake }: Told): Html =>
  field({
    ...given,
    name: 'code',
    autocomplete: 'one-time-code',
    code: true,
    wrong: mistake,
    explained: box !== undefined,
  });

export function submit(label: string): Html {
  return html`<p class="act"><button class="button" type="submit">${label}</button></p>`;
}

/** Names are written from right to left in some languages: they must not turn what stands around them. */
export function person(label: string, userName: string): Html {
  return html`<p class="person"><span>${label} </span><bdi>${userName}</bdi></p>`;
}

export function link(href: string | undefined, label: string): Html | undefined {
  return href === undefined ? undefined : html`<p class="aside"><a href="${href}">${label}</a></p>`;
}
