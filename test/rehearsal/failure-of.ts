/** The failure with which a phase of the join ends; anything else, and nothing, fails the test by name. */
import { JoinFailure } from '../../src/rehearsal/join-codes.ts';

export async function failureOf(work: Promise<unknown>): Promise<JoinFailure> {
  const outcome: unknown = await work.then(
    (returned) => new Error(`it did not fail; it returned ${JSON.stringify(returned)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof JoinFailure) return outcome;
  throw outcome;
}
