/**
 * A password on its way from a request to the directory, in a form that nothing writes down by accident: neither
 * `JSON.stringify`, a template, `console.log` nor an error shows it.
 */
import { inspect } from 'node:util';

const HIDDEN = '[password]';

export class Password {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The only way to it: for the bind, and for a keyed digest. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
