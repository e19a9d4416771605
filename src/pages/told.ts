/** What a person is told about the last try, in a box above the form. Owns: which of it is a mistake. */
import { html } from './html.ts';
import type { Html } from './html.ts';

/** The element that tells; fields point at it. */
export const TOLD = 'told';

export interface Told {
  /** Read out at once by a screen reader. */
  readonly box: Html | undefined;
  /** Something has to be corrected: the title says so as well. */
  readonly mistake: boolean;
}

/** Nobody's mistake, and nothing that has to be corrected. */
const NOTICES: readonly string[] = ['page-expired', 'ticket-failed'];

export function told<Problem extends string>(
  problem: Problem | undefined,
  texts: Readonly<Record<Problem, string>>,
): Told {
  if (problem === undefined) return { box: undefined, mistake: false };
  const mistake = !NOTICES.includes(problem);
  return {
    box: html`<div class="${mistake ? 'problem' : 'notice'}" role="alert" id="${TOLD}"><p>${texts[problem]}</p></div>`,
    mistake,
  };
}

/** Something was done. */
export function done(text: string | undefined): Html | undefined {
  return text === undefined ? undefined : html`<div class="done" role="status"><p>${text}</p></div>`;
}
