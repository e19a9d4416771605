/** The fields of a status capture by name. Does not own: what a value means. */
import type { Quote, StatusCapture, StatusField } from '../capture.ts';
import { spelt } from '../field-name.ts';
import type { Context } from './circumstances.ts';

export interface StatusContext extends Context {
  /** When the capture was taken, where that is known. */
  readonly clock: Date | undefined;
  /** The block at the end of a join: fewer fields, and a healthy one is no verdict. */
  readonly embedded: boolean;
}

export function fieldOf(capture: StatusCapture | undefined, name: string): StatusField | undefined {
  return capture?.fields.find((field) => spelt(field.name) === spelt(name) && field.value !== '');
}

export const quotesOf = (capture: StatusCapture, ...names: readonly string[]): readonly Quote[] =>
  names.flatMap((name) => fieldOf(capture, name)?.quote ?? []);
