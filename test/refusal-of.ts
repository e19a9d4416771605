/** The refusal that a piece of code throws; anything else, and nothing, fails the test by name. */
import { Refusal } from '../src/refusal.ts';

export function refusalOf(work: () => unknown): Refusal {
  let returned: unknown;
  try {
    returned = work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`no refusal; it returned ${JSON.stringify(returned)}`);
}

export async function refusalFrom(work: Promise<unknown>): Promise<Refusal> {
  const outcome = await work.then(
    (returned) => new Error(`no refusal; it returned ${JSON.stringify(returned)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof Refusal) return outcome;
  throw outcome;
}
