/** What one evaluation may cost. Whatever an expression or a directory value makes of it, it ends here with a refusal. */
import { Refusal } from '../../refusal.ts';
import { LIMITS } from './syntax.ts';
import type { Decimal } from './decimal.ts';

const TOO_LARGE = 10n ** BigInt(LIMITS.digits);

/** Lives for one evaluation; every function that makes something draws on it. */
export class Budget {
  readonly #attribute: string;
  #steps: number = LIMITS.steps;

  /** @param attribute the row that is evaluated, for the record. */
  constructor(attribute: string) {
    this.#attribute = attribute;
  }

  /** @throws Refusal `expression-failed` */
  refuse(detail: string): never {
    throw new Refusal('expression-failed', { attribute: this.#attribute, detail });
  }

  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) this.refuse(`The expression needs more than ${LIMITS.steps} steps.`);
  }

  /** Pays for reading or making so many characters; call it before they are made when they could be many. */
  characters(count: number): void {
    if (count > LIMITS.textLength) this.refuse(`The expression makes more than ${LIMITS.textLength} characters.`);
    this.spend(1 + (count >> 4));
  }

  text(made: string): string {
    this.characters(made.length);
    return made;
  }

  /** Pays for looking for one text in another: in the worst case every character is compared with every other. */
  search(input: string, sought: string): void {
    this.spend(1 + (input.length >> 4) + Math.floor((input.length * sought.length) / 1024));
  }

  number(made: Decimal): Decimal {
    const magnitude = made.digits < 0n ? -made.digits : made.digits;
    if (magnitude >= TOO_LARGE || made.scale > LIMITS.digits) {
      this.refuse(`The expression makes a number of more than ${LIMITS.digits} digits.`);
    }
    return made;
  }
}
